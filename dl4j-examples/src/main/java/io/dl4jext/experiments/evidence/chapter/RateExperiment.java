package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.HigherRate;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.LinePlot;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.TextKind;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One network whose highest stable rates are searched for, a cell for each seed: command {@code implicit} with
 * {@code --find-highest-rate}.
 */
final class RateExperiment {

    /** The paper: "the learning rate at which IB begins to diverge is 20 % to 200 % higher". */
    private static final double LEAST_RATIO = 1.2;

    static final String PAPER_RATIO = "1.2 to 3";

    /** A loss that is no more than this above another's is as low. */
    static final double AS_LOW = 1.05;

    private final String id;
    private final String title;
    private final String figure;
    private final List<Double> grid;
    private final List<Cell> cells = new ArrayList<>();

    /**
     * An experiment.
     *
     * @param id of its cells, such as {@code mnist}
     * @param title for a reader
     * @param figure of the paper
     * @param grid the rates that are tried first, with commas
     * @param seeds 1 to n
     * @param minutes of one seed
     * @param arguments of the command from its name on, without rates, variants and seeds
     */
    RateExperiment(
            String id, String title, String figure, String grid, int seeds, double minutes, List<String> arguments) {
        this.id = id;
        this.title = title;
        this.figure = figure;
        this.grid = rates(grid);
        for (int seed = 1; seed <= seeds; seed++) {
            List<String> all = new ArrayList<>(List.of("implicit"));
            all.addAll(arguments);
            all.addAll(List.of("--find-highest-rate", "--learning-rates", grid, "--variants", Form.ALL));
            all.addAll(List.of("--seeds", seed + ",")); // with a comma it is the seed, without their number
            cells.add(new Cell("implicit-" + id + "-seed" + seed, minutes, all));
        }
    }

    static List<Double> rates(String grid) {
        return List.of(grid.split(",")).stream().map(Double::valueOf).collect(Collectors.toList());
    }

    List<Cell> cells() {
        return cells;
    }

    RateRuns runs(Results results) throws IOException {
        return new RateRuns(results.rows(cells, "runs.csv"), results.rows(cells, "rates.csv"), grid);
    }

    List<Finding> findings(Results results) throws IOException {
        RateRuns runs = runs(results);
        List<Question> higher = new ArrayList<>();
        List<Question> asLow = new ArrayList<>();
        for (Form form : Form.values()) {
            higher.add(new HigherRate(
                    new Claim(
                            title + ": implicit training (" + form.words + ") is stable at rates "
                                    + Numbers.plain(LEAST_RATIO) + " times as high as explicit's or higher",
                            "section 1, " + figure),
                    runs.stable(form.variant).over(runs.stable(Form.EXPLICIT)),
                    LEAST_RATIO));
            asLow.add(Difference.noHigher(
                    new Claim(
                            title + ": at its best rate implicit training (" + form.words
                                    + ") reaches as low a loss as explicit",
                            figure),
                    runs.lowest(form.variant),
                    runs.lowest(Form.EXPLICIT),
                    AS_LOW));
        }
        List<Finding> findings = new ArrayList<>(Question.together(higher));
        List<Finding> lowest = Question.together(asLow);
        for (Form form : Form.values()) {
            findings.add(runs.atTheirBest(lowest.get(form.ordinal()), form.variant, Form.EXPLICIT));
        }
        return Finding.ofAll(results.missing(cells), findings);
    }

    List<RateLine> lines(Results results) throws IOException {
        return RateLine.of(title, runs(results), PAPER_RATIO);
    }

    /** Mean loss at the rates of the grid. */
    Page page(Results results) throws IOException {
        RateRuns runs = runs(results);
        Page page = new Page();
        if (runs.isEmpty()) {
            return page;
        }
        page.section(title);
        page.text(TextKind.SMALL, Described.of(cells, results, id.equals("music") ? "pieces" : "images"));
        return page.table(LossTable.of(title + ": training loss", runs)).figure(plot(runs));
    }

    private LinePlot plot(RateRuns runs) {
        LinePlot plot = new LinePlot(
                "implicit-" + id, title + ": mean training loss at each rate", "learning rate", true, "loss", true);
        double[] x = grid.stream().mapToDouble(Double::doubleValue).toArray();
        for (String method : runs.methods()) {
            plot.line(
                    Form.named(method),
                    x,
                    grid.stream()
                            .mapToDouble(rate -> runs.at(method, rate).sample().mean())
                            .toArray());
        }
        return plot;
    }
}
