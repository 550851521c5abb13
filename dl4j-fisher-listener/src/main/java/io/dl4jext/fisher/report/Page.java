package io.dl4jext.fisher.report;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.Column;
import io.dl4jext.fisher.LayerContribution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The page of a report: {@code report.html} with its places filled in. */
final class Page {

    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");

    private final String title;
    private final List<RunData> runs;
    private final Map<String, Beacon> beacons;
    private final LayerTable layers;
    private final Map<String, String> configuration;

    Page(
            String title,
            List<RunData> runs,
            Map<String, Beacon> beacons,
            List<LayerContribution> layers,
            Map<String, String> configuration) {
        this.title = title;
        this.runs = runs;
        this.beacons = beacons;
        this.layers = new LayerTable(layers, runs);
        this.configuration = configuration;
    }

    String html() throws IOException {
        String library = resource("echarts.min.js");
        String script = resource("report.js");
        Map<String, String> places = new LinkedHashMap<>();
        places.put("policy", "script-src " + hash(library) + " " + hash(script));
        places.put("title", Html.text(title));
        places.put("style", resource("report.css"));
        places.put("summary", Html.text(summary()));
        places.put("runs", runs());
        places.put("suggestions", suggestions());
        places.put("spectra", spectra());
        places.put("layers", layers());
        places.put("configuration", configuration());
        places.put("measured", measured());
        places.put("data", ReportJson.of(runs, layers.names, beacons));
        places.put("library", library);
        places.put("script", script);
        // In one pass: what is filled in may look like a place.
        Matcher matcher = PLACE.matcher(resource("report.html"));
        StringBuilder html = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(html, Matcher.quoteReplacement(places.get(matcher.group(1))));
        }
        return matcher.appendTail(html).toString();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("Expected the resource " + name + " beside the classes of "
                        + Page.class.getPackageName() + ", found none: the jar is not whole");
            }
            // As browsers read it, and so hash it.
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        }
    }

    /** The page's policy lets a browser run these two scripts and no others. */
    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private String summary() {
        int measurements = runs.stream()
                .mapToInt(run -> run.history.summary().measurements())
                .sum();
        long examples =
                runs.stream().mapToLong(run -> run.history.summary().examples()).sum();
        return (runs.size() == 1 ? "One run" : Numbers.of(runs.size()) + " runs") + ", "
                + Numbers.of(measurements) + (measurements == 1 ? " measurement" : " measurements") + " on "
                + Numbers.of(examples) + " examples.";
    }

    private String runs() {
        Table<RunData> table = new Table<>(runs)
                .name("Run", run -> run.name)
                .number("Iterations", run -> Numbers.of(run.history.summary().iterations()))
                .number("Examples", run -> Numbers.of(run.history.summary().examples()))
                .number("Batch size", run -> Numbers.range(run.figures(Column.BATCH_SIZE)))
                .number("Learning rate α", run -> Numbers.range(run.figures(Column.LEARNING_RATE)))
                .number("C̄_K", run -> of(run, run.history.averageConditionNumber()))
                .number("L_K", run -> of(run, run.history.cumulativeEnergy()))
                .number(
                        "Last loss",
                        run -> run.isEmpty()
                                ? Numbers.NONE
                                : Numbers.of(run.last().loss()))
                .number("Noise scale", Page::noiseScale);
        beacons.forEach((name, beacon) ->
                table.number("Distance from " + name, run -> of(run, beacon.distance(run.history.summary()))));
        return table.html("The runs at their ends");
    }

    private static String of(RunData run, double value) {
        return run.isEmpty() ? Numbers.NONE : Numbers.of(value);
    }

    private String suggestions() {
        return new Table<>(runs)
                .name("Run", run -> run.name)
                .number("Noise scale", Page::noiseScale)
                .number(
                        "Batch size in use",
                        run -> orNone(BatchSizeAdvice.of(run).inUse()))
                .number("Suggested", run -> orNone(BatchSizeAdvice.of(run).suggested()))
                .text("", run -> BatchSizeAdvice.of(run).text())
                .html("Noise scale at the end of each run, and the batch size that it suggests");
    }

    private static String noiseScale(RunData run) {
        return Double.isNaN(run.noiseScale()) ? Numbers.NONE : Numbers.of(run.noiseScale());
    }

    private static String orNone(long count) {
        return count == 0 ? Numbers.NONE : Numbers.of(count);
    }

    private String spectra() {
        String without = names(run ->
                run.history.measurements().stream().allMatch(measurement -> measurement.eigenvalues().length == 0));
        return without.isEmpty()
                ? ""
                : note(
                        "No spectra of " + without
                                + ": a CSV file holds none, a JSON Lines file does, and a history those of its last measurements.");
    }

    private String layers() {
        if (layers.isEmpty()) {
            return note("No network was given to this report, and its runs have no traces by layer.");
        }
        StringBuilder html = new StringBuilder();
        if (layers.hasTraces()) {
            html.append(
                    "<p>How Tr F̃, the sum of the squared norms of the gradients, is shared out among the layers.<span class=\"drawn\">"
                            + " The first layer is on top, in the colours of the table.</span></p>\n"
                            + "<div id=\"shares\" class=\"panels drawn\"></div>\n");
            String without = names(run -> run.layers.isEmpty());
            if (!without.isEmpty()) {
                html.append(note("No traces by layer of " + without + "."));
            }
        }
        html.append(layers.html()).append("<p class=\"small\">");
        html.append(
                layers.hasTraces()
                        ? "Shares of Tr F̃ in the table are those of the last measurement; large where the loss is steep in the layer’s parameters."
                        : "How much of Tr F̃ each layer has is measured on request (FisherListener.Builder.layerTraces(true)).");
        html.append(
                " A layer that is measured directly costs little: its share of F̃ follows from the backward pass that training does"
                        + " anyway. One that is replayed is run again for every example.</p>\n");
        return html.toString();
    }

    /** The runs of which that is so. */
    private String names(Predicate<RunData> so) {
        return runs.stream().filter(so).map(run -> run.name).collect(Collectors.joining(", "));
    }

    private static String note(String text) {
        return "<p class=\"note\">" + Html.text(text) + "</p>\n";
    }

    private String configuration() {
        if (configuration.isEmpty()) {
            return "";
        }
        return new Table<>(List.copyOf(configuration.entrySet()))
                .name("Setting", Map.Entry::getKey)
                .text("Value", Map.Entry::getValue)
                .html("Configuration");
    }

    private String measured() {
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(run -> names.addAll(run.versions.keySet()));
        Table<RunData> table = new Table<>(runs)
                .name("Run", run -> run.name)
                .number("Measurements", run -> Numbers.of(run.history.summary().measurements()))
                .number("Held", run -> Numbers.of(run.count()))
                .text("One every", Page::every)
                .number("Epochs", run -> Numbers.range(run.figures(Column.EPOCH)));
        names.forEach(name -> table.text(name, run -> run.versions.getOrDefault(name, Numbers.NONE)));
        return table.html("How the runs were measured, and with which versions");
    }

    /** How far its measurements mostly are apart. */
    private static String every(RunData run) {
        double[] iterations = run.figures(Column.ITERATION);
        if (iterations.length < 2) {
            return Numbers.NONE;
        }
        double[] steps = new double[iterations.length - 1];
        Arrays.setAll(steps, i -> iterations[i + 1] - iterations[i]);
        Arrays.sort(steps);
        long step = (long) steps[steps.length / 2];
        return step == 1 ? "iteration" : Numbers.of(step) + " iterations";
    }
}
