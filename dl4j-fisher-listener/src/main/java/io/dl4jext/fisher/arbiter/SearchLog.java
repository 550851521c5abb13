package io.dl4jext.fisher.arbiter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * The candidates of a search that a {@link ResumableGenerator} writes down: a line when one is handed out, a line when
 * it is done, all JSON, below a line that tells the space apart.
 *
 * <pre>
 * {"space":"9a3be41c7722d1f0"}
 * {"candidate":3,"parameters":[0.62,0.11]}
 * {"candidate":3,"status":"Complete","score":0.0831}
 * </pre>
 *
 * <p>A score that is not finite is written as text ("Infinity"). A line that a crash tore off is left out when it is
 * read, and taken away before the next one is written.
 */
public final class SearchLog {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** More candidates than any search has. */
    private static final int MOST = Integer.MAX_VALUE - 1;

    private final Path file;
    private String space = "";
    private final Map<Integer, Entry> entries = new LinkedHashMap<>();

    private SearchLog(Path file) {
        this.file = file;
    }

    /**
     * What was written so far; nothing, if there is no such file.
     *
     * @throws IOException if it cannot be read, or a line is none of a log; the message names the file and the line
     */
    public static SearchLog read(Path file) throws IOException {
        SearchLog log = new SearchLog(file);
        if (Files.exists(file)) {
            String text;
            try {
                text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IOException("Cannot read the log of a search, " + file + " (" + e.getMessage() + ")", e);
            }
            String[] lines = text.substring(0, text.lastIndexOf('\n') + 1).split("\n");
            for (int i = 0; i < lines.length; i++) {
                if (!lines[i].isEmpty()) {
                    log.take(lines[i], file + ", line " + (i + 1));
                }
            }
        }
        return log;
    }

    private void take(String line, String place) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw none(line, place);
        }
        if (json.path("space").isTextual()) {
            space = json.get("space").asText();
            return;
        }
        JsonNode number = json.path("candidate");
        boolean begins = isNumbers(json.path("parameters"));
        boolean known = number.canConvertToInt() && entries.containsKey(number.asInt());
        if (!number.isInt()
                || number.asInt() < 0
                || number.asInt() > MOST
                || !(begins || known && json.has("status"))) {
            throw none(line, place);
        }
        if (begins) {
            double[] parameters = JSON.convertValue(json.get("parameters"), double[].class);
            entries.put(number.asInt(), new Entry(number.asInt(), parameters));
        } else {
            entries.get(number.asInt()).end(json.path("status").asText(), score(json.path("score"), place));
        }
    }

    private static boolean isNumbers(JsonNode json) {
        boolean numbers = json.isArray();
        for (JsonNode each : json) {
            numbers &= each.isNumber();
        }
        return numbers;
    }

    private static IOException none(String line, String place) {
        return new IOException("Expected the log of a search, got "
                + (line.length() > 100 ? line.substring(0, 100) + "…" : line) + " in " + place);
    }

    private static double score(JsonNode json, String place) throws IOException {
        try {
            return json.isNumber()
                    ? json.asDouble()
                    : json.isTextual() ? Double.parseDouble(json.asText()) : Double.NaN;
        } catch (NumberFormatException e) {
            throw new IOException("Expected a score, got " + json + " in " + place, e);
        }
    }

    /** All candidates, as they were handed out. */
    public List<Entry> candidates() {
        return new ArrayList<>(entries.values());
    }

    /** The completed candidate with the best score; empty where none is. */
    public Optional<Entry> best(boolean minimise) {
        Comparator<Entry> order = Comparator.comparingDouble(Entry::score);
        return entries.values().stream()
                .filter(entry -> entry.isComplete() && !Double.isNaN(entry.score()))
                .min(minimise ? order : order.reversed());
    }

    /** What tells the search's space apart; empty where it is not known. */
    String space() {
        return space;
    }

    /** Written before the first candidate. */
    void of(String searched) {
        if (space.isEmpty() && entries.isEmpty() && !searched.isEmpty()) {
            append(JSON.createObjectNode().put("space", searched));
        }
        space = searched;
    }

    List<Entry> unfinished() {
        return entries.values().stream().filter(entry -> entry.status.isEmpty()).collect(Collectors.toList());
    }

    boolean has(double[] parameters) {
        return entries.values().stream().anyMatch(entry -> Arrays.equals(entry.parameters, parameters));
    }

    int next() {
        return entries.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }

    void begin(int candidate, double[] parameters) {
        entries.put(candidate, new Entry(candidate, parameters));
        ObjectNode json = JSON.createObjectNode();
        json.put("candidate", candidate).set("parameters", JSON.valueToTree(parameters));
        append(json);
    }

    /** Once for a candidate: a second time it does nothing. */
    void end(int candidate, String status, double score) {
        Entry entry = entries.get(candidate);
        if (entry == null || !entry.status.isEmpty()) {
            return;
        }
        entry.end(status, score);
        ObjectNode json = JSON.createObjectNode();
        json.put("candidate", candidate).put("status", status);
        if (Double.isFinite(score)) {
            json.put("score", score);
        } else {
            json.put("score", String.valueOf(score));
        }
        append(json);
    }

    private void append(ObjectNode json) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null && !Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            takeAwayTornLine();
            Files.writeString(
                    file,
                    JSON.writeValueAsString(json) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the log of the search, " + file, e);
        }
    }

    private void takeAwayTornLine() throws IOException {
        if (Files.exists(file)) {
            byte[] bytes = Files.readAllBytes(file);
            int whole = bytes.length;
            while (whole > 0 && bytes[whole - 1] != '\n') {
                whole--;
            }
            if (whole < bytes.length) {
                Files.write(file, Arrays.copyOf(bytes, whole));
            }
        }
    }

    /** A candidate as far as it got. */
    public static final class Entry {

        private final int candidate;
        private final double[] parameters;
        private String status = "";
        private double score = Double.NaN;

        private Entry(int candidate, double[] parameters) {
            this.candidate = candidate;
            this.parameters = parameters.clone();
        }

        private void end(String with, double scored) {
            status = with;
            score = scored;
        }

        /** Its number in the search, which is also the name of the folder that {@code FileModelSaver} makes. */
        public int candidate() {
            return candidate;
        }

        /** What the parameter space's {@code getValue} makes it from. */
        public double[] parameters() {
            return parameters.clone();
        }

        /** NaN unless complete. */
        public double score() {
            return score;
        }

        public boolean isComplete() {
            return status.equals("Complete");
        }

        /** Whether it failed, in making its configuration or in training. */
        public boolean isFailed() {
            return !status.isEmpty() && !isComplete();
        }

        @Override
        public String toString() {
            return "candidate " + candidate + " " + Arrays.toString(parameters) + ": "
                    + (status.isEmpty() ? "not done" : status + ", score " + score);
        }
    }
}
