package io.dl4jext.fisher.report;

import io.dl4jext.fisher.internal.text.JsonLine;
import io.dl4jext.fisher.internal.text.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** What a file of {@code JsonLinesSink} or {@code CsvSink} says it was measured with. */
final class RecordedVersions {

    /** In which order they are shown. */
    private static final List<String> NAMES =
            List.of("dl4j-fisher-listener", "deeplearning4j", "nd4j", "nd4j-backend", "java");

    private static final String JSON_LINE = "{\"run\":";
    private static final ObjectMapper JSON = new ObjectMapper();

    private RecordedVersions() {}

    /** Name to version; where parts of the run had several, all of them, in the order of training. */
    static Map<String, String> read(Path file) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (TextLines lines = new TextLines(file)) {
            for (String line; (line = lines.next()) != null; ) {
                if (line.startsWith(JSON_LINE)) {
                    fields(line)
                            .fields()
                            .forEachRemaining(field ->
                                    add(found, field.getKey(), field.getValue().asText()));
                } else if (line.startsWith("# ") && line.contains(": ")) {
                    String[] parts = line.substring(2).split(": ", 2);
                    add(found, parts[0], parts[1]);
                }
            }
        }
        Map<String, String> versions = new LinkedHashMap<>();
        NAMES.stream().filter(found::containsKey).forEach(name -> versions.put(name, found.get(name)));
        return versions;
    }

    private static JsonNode fields(String line) {
        JsonNode node = JsonLine.parse(JSON, line);
        return node == null ? JSON.createObjectNode() : node.path("run");
    }

    private static void add(Map<String, String> found, String name, String version) {
        if (NAMES.contains(name)) {
            found.merge(
                    name,
                    version,
                    (before, now) ->
                            List.of(before.split(", then ")).contains(now) ? before : before + ", then " + now);
        }
    }
}
