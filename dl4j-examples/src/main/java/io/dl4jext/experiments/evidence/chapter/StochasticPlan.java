package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.report.CsvRows.Row;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.statistics.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * One network on a number of images with one batch size, trained by several methods, each at the rate that is best for
 * it: command {@code stochastic-batch}. A cell for each method, with its tuning; trainings of one seed have the same
 * images, batches and initial parameters in all of them.
 */
final class StochasticPlan {

    static final String SGD = "sgd";
    static final String STOCHASTIC = "stochastic-batch";
    static final String HALF = "stochastic-batch-half";

    /** What else the paper compares with, and what a reader calls it. */
    static final Map<String, String> COMPETITORS = new LinkedHashMap<>();

    static {
        COMPETITORS.put("dropout", "dropout");
        COMPETITORS.put("depth-dropout", "depth (\"adaptive\") dropout");
        COMPETITORS.put("entropy-sgd", "Entropy-SGD");
        COMPETITORS.put("accelerated-sgd", "accelerated SGD");
    }

    private static final String RATES = "rates.csv";
    private static final String RATE = "learning_rate";

    /** Half of the loss of guessing one of ten: with more, SGD has hardly begun to fit what it was trained on. */
    private static final double FITTED = Math.log(10) / 2;

    /** A network and the data that it sees. Immutable. */
    static final class Subject {

        final String network;
        final String data;
        private final int all;
        private final List<String> arguments;

        /**
         * A subject.
         *
         * @param data what a reader calls it
         * @param all how many training images there are
         * @param arguments that choose the data
         */
        Subject(String network, String data, int all, String... arguments) {
            this.network = network;
            this.data = data;
            this.all = all;
            this.arguments = List.of(arguments);
        }

        List<String> arguments(int images) {
            List<String> words = new ArrayList<>(arguments);
            words.addAll(List.of("--network", network, "--ratios", Numbers.plain(images / (double) all)));
            return words;
        }
    }

    final Subject subject;
    final int batchSize;
    final int images;
    private final int seeds;
    private final Map<String, Cell> cells = new LinkedHashMap<>();

    /**
     * A plan.
     *
     * @param methods as the command calls them
     * @param seeds 1 to n
     * @param minutes of each method's cell
     * @param more arguments of the command
     */
    StochasticPlan(
            Subject subject,
            int batchSize,
            int images,
            List<String> methods,
            int seeds,
            double minutes,
            String... more) {
        this.subject = subject;
        this.batchSize = batchSize;
        this.images = images;
        this.seeds = seeds;
        for (String method : methods) {
            cells.put(method, cell("-" + method, method, minutes, more));
        }
    }

    private StochasticPlan(StochasticPlan other, Map<String, Cell> cells) {
        subject = other.subject;
        batchSize = other.batchSize;
        images = other.images;
        seeds = other.seeds;
        this.cells.putAll(cells);
    }

    /** The same in a single cell, for trainings that are shorter than a JVM's start. */
    StochasticPlan atOnce(double minutes, String... more) {
        Cell whole = cell("", String.join(",", cells.keySet()), minutes, more);
        Map<String, Cell> one = new LinkedHashMap<>();
        cells.keySet().forEach(method -> one.put(method, whole));
        return new StochasticPlan(this, one);
    }

    private Cell cell(String suffix, String methods, double minutes, String... more) {
        List<String> arguments = new ArrayList<>(List.of(STOCHASTIC));
        arguments.addAll(subject.arguments(images));
        arguments.addAll(List.of(
                "--batch-sizes",
                String.valueOf(batchSize),
                "--methods",
                methods,
                "--seeds",
                String.valueOf(seeds),
                "--measure",
                "last-epochs"));
        arguments.addAll(List.of(more));
        return new Cell("nakamura-" + subject.network + "-b" + batchSize + "-" + images + suffix, minutes, arguments);
    }

    List<Cell> cells() {
        return cells.values().stream().distinct().collect(Collectors.toList());
    }

    List<String> methods() {
        return new ArrayList<>(cells.keySet());
    }

    String id() {
        return subject.network + "-b" + batchSize + "-" + images;
    }

    /** "vgg, CIFAR-10, batch 16, 1,500 images". */
    String title() {
        return subject.network + ", " + subject.data + ", batch " + batchSize + ", "
                + String.format(Locale.ROOT, "%,d images", images);
    }

    /** The rates that were tried with a method, each with its validation error. */
    List<Row> rates(Results results, String method) throws IOException {
        return rows(results, method, RATES);
    }

    /** A method's trainings at the rate that was chosen for it. */
    private List<Row> chosen(Results results, String method, String file) throws IOException {
        double rate = rate(results, method);
        return rows(results, method, file).stream()
                .filter(row -> row.number(RATE) == rate)
                .collect(Collectors.toList());
    }

    private List<Row> rows(Results results, String method, String file) throws IOException {
        Cell cell = cells.get(method);
        return cell == null
                ? List.of()
                : results.rows(List.of(cell), file).stream()
                        .filter(row -> row.text("method").equals(method))
                        .collect(Collectors.toList());
    }

    /** The first rate that was chosen for a method; NaN if it was not run. */
    double rate(Results results, String method) throws IOException {
        return rates(results, method).stream()
                .filter(row -> row.isTrue("chosen"))
                .mapToDouble(row -> row.number(RATE))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Whether a lower or higher rate than those that were tried may be better. */
    boolean isAtEdge(Results results, String method) throws IOException {
        Sample tried = Sample.of(rates(results, method), row -> row.number(RATE));
        double rate = rate(results, method);
        return rate == tried.least() || rate == tried.largest();
    }

    /** Mean test errors of the last tenth of the epochs. */
    PerSeed errors(Results results, String method) throws IOException {
        return perSeed(method, chosen(results, method, "runs.csv"), row -> 1 - row.number("last_accuracy"));
    }

    /** By how much the stochastic batch size's accuracy is above SGD's; named after the images. */
    PerSeed gain(Results results) throws IOException {
        return errors(results, SGD)
                .minus(errors(results, STOCHASTIC), String.format(Locale.ROOT, "the gain with %,d images", images));
    }

    PerSeed seconds(Results results, String method) throws IOException {
        return perSeed(method, chosen(results, method, "runs.csv"), row -> row.number("seconds"));
    }

    /** Training losses of the last epoch. */
    PerSeed losses(Results results, String method) throws IOException {
        return perSeed(method, chosen(results, method, "epochs.csv"), row -> row.number("training_loss"));
    }

    private static PerSeed perSeed(String method, List<Row> rows, ToDoubleFunction<Row> value) {
        return PerSeed.of(method, rows, row -> row.whole("seed"), value);
    }

    /**
     * Why the trainings of SGD, or of a method that it is about, are too short for a verdict; empty if they are not.
     * What a method adds to its training loss, as dropout does, counts too.
     */
    String tooShort(Results results, String method) throws IOException {
        for (String one : List.of(SGD, method)) {
            double loss = losses(results, one).sample().finite().mean();
            if (loss > FITTED) {
                return "trained too little: the training loss of "
                        + (one.equals(SGD) ? "SGD" : COMPETITORS.getOrDefault(one, one))
                        + Numbers.format(" ends at %.2f, ", loss)
                        + Numbers.format("the limit is %.2f", FITTED);
            }
        }
        return "";
    }
}
