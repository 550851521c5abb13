package io.dl4jext.experiments.durability;

import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.LineChart;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Whether what a JVM holds stays level: in the last fifth of the time beside the second. The level is what nine samples
 * of ten exceed: trainings go on allocating while garbage is collected.
 */
final class SoakReport {

    /** Fewer samples tell nothing. */
    private static final int LEAST_SAMPLES = 10;

    /** What may come and go: a share of the level. */
    private static final double SHARE = 0.05;

    private enum Measure {
        HEAP("heap, MiB", 8, sample -> sample.heap),
        JAVACPP("JavaCPP, MiB", 8, sample -> sample.javaCpp),
        DIRECT("direct buffers, MiB", 8, sample -> sample.direct),
        PROCESS("process, MiB", 16, sample -> sample.process),
        THREADS("threads", 2, sample -> sample.threads),
        FILES("open files", 2, sample -> sample.files);

        private final String title;
        /** What may come and go where that is more than the share. */
        private final double tolerance;

        private final ToDoubleFunction<SoakSample> value;

        Measure(String title, double tolerance, ToDoubleFunction<SoakSample> value) {
            this.title = title;
            this.tolerance = tolerance;
            this.value = value;
        }
    }

    private final List<SoakSample> samples;

    SoakReport(List<SoakSample> samples) {
        this.samples = samples;
    }

    static CsvFile<SoakSample> csv(Path file) {
        return new CsvFile<SoakSample>(file)
                .column("minutes", sample -> Numbers.format("%.2f", sample.minutes))
                .column("updates", sample -> sample.updates)
                .column("measurements", sample -> sample.measurements)
                .column("heap_mib", sample -> Numbers.format("%.2f", sample.heap))
                .column("javacpp_mib", sample -> Numbers.format("%.2f", sample.javaCpp))
                .column("direct_mib", sample -> Numbers.format("%.2f", sample.direct))
                .column("process_mib", sample -> Numbers.format("%.2f", sample.process))
                .column("threads", sample -> sample.threads)
                .column("open_files", sample -> Numbers.format("%.0f", sample.files));
    }

    private double[] values(Measure measure) {
        return samples.stream().mapToDouble(measure.value).toArray();
    }

    /** From one share of the time to another. */
    private double level(Measure measure, double from, double to) {
        double[] values = values(measure);
        double[] window = Arrays.copyOfRange(values, (int) (from * values.length), (int) (to * values.length));
        Arrays.sort(window);
        return window.length == 0 ? Double.NaN : window[window.length / 10];
    }

    private double before(Measure measure) {
        return level(measure, 0.2, 0.4);
    }

    private double after(Measure measure) {
        return level(measure, 0.8, 1);
    }

    private boolean isFlat(Measure measure) {
        double growth = after(measure) - before(measure);
        return !(growth > Math.max(SHARE * before(measure), measure.tolerance));
    }

    /** Whether all is flat, as far as the samples tell. */
    boolean isFlat() {
        return !tells() || Arrays.stream(Measure.values()).allMatch(this::isFlat);
    }

    private boolean tells() {
        return samples.size() >= LEAST_SAMPLES;
    }

    String text() {
        SoakSample last = samples.get(samples.size() - 1);
        return new TextTable<>(List.of(Measure.values()))
                        .column("", measure -> measure.title)
                        .column("second fifth", measure -> Numbers.format("%.1f", before(measure)))
                        .column("last fifth", measure -> Numbers.format("%.1f", after(measure)))
                        .column(
                                "most",
                                measure -> Numbers.format(
                                        "%.1f",
                                        Arrays.stream(values(measure)).max().orElse(Double.NaN)))
                        .column("", measure -> !tells() ? "too short to tell" : isFlat(measure) ? "flat" : "GROWS")
                + "\nEach level is exceeded by nine of ten samples, taken after a collection of garbage; flat: up to 5 % (or 8 MiB, of\nthe"
                + " process 16, 2 threads, 2 files) more.\n"
                + Numbers.format("%.0f minutes, ", last.minutes)
                + last.updates + " updates, " + last.measurements + " of them measured.\n";
    }

    void writePicture(Path file) throws IOException {
        double[] minutes =
                samples.stream().mapToDouble(sample -> sample.minutes).toArray();
        LineChart memory = new LineChart(700, 420, "Memory", "minutes", "MiB");
        for (Measure measure : List.of(Measure.PROCESS, Measure.JAVACPP, Measure.HEAP, Measure.DIRECT)) {
            add(memory, measure, minutes);
        }
        LineChart handles = new LineChart(560, 420, "Threads and files", "minutes", "");
        for (Measure measure : List.of(Measure.THREADS, Measure.FILES)) {
            add(handles, measure, minutes);
        }
        LineChart.writePng(file, memory, handles);
    }

    private void add(LineChart chart, Measure measure, double[] minutes) {
        double[] values = values(measure);
        if (Arrays.stream(values).noneMatch(Double::isNaN)) {
            chart.next(measure.title, minutes, values).setMarker(SeriesMarkers.NONE);
            chart.style().setYAxisMin(0.0);
        }
    }
}
