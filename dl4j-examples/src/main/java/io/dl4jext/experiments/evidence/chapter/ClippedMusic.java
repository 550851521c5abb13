package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.claim.Claim;
import io.dl4jext.experiments.evidence.claim.Difference;
import io.dl4jext.experiments.evidence.claim.Everywhere;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.claim.Question;
import io.dl4jext.experiments.evidence.page.Page;
import io.dl4jext.experiments.evidence.page.TextKind;
import io.dl4jext.experiments.report.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Music with clipped gradients, a cell for each seed: is implicit training without clipping as good as explicit
 * training with it?
 */
final class ClippedMusic {

    private static final String SOURCE = "section 5, clipping; appendix E.2";
    private static final String CLIPPED = Form.EXPLICIT + "-clip-";

    private final List<Double> grid;
    private final List<String> thresholds;
    private final List<Cell> cells = new ArrayList<>();

    /**
     * The trainings.
     *
     * @param grid rates, with commas
     * @param thresholds the largest norms of a layer's gradient, with commas
     * @param minutes of one seed
     * @param arguments of the command from its name on, without rates, variants, thresholds and seeds
     */
    ClippedMusic(String grid, String thresholds, int seeds, double minutes, List<String> arguments) {
        this.grid = RateExperiment.rates(grid);
        this.thresholds = List.of(thresholds.split(","));
        for (int seed = 1; seed <= seeds; seed++) {
            List<String> all = new ArrayList<>(List.of("implicit"));
            all.addAll(arguments);
            all.addAll(List.of("--learning-rates", grid, "--clip", thresholds));
            all.addAll(List.of("--variants", Form.ALL + ",explicit-clip,implicit-clip"));
            all.addAll(List.of("--seeds", seed + ","));
            cells.add(new Cell("implicit-music-clip-seed" + seed, minutes, all));
        }
    }

    List<Cell> cells() {
        return cells;
    }

    private RateRuns runs(Results results) throws IOException {
        return new RateRuns(results.rows(cells, "runs.csv"), List.of(), grid);
    }

    List<Finding> findings(Results results) throws IOException {
        RateRuns runs = runs(results);
        List<Question> lowest = new ArrayList<>();
        List<Question> everywhere = new ArrayList<>();
        for (Form form : Form.values()) {
            for (String threshold : thresholds) {
                String end = " (" + form.words + ") than explicit training clipped at " + threshold;
                lowest.add(Difference.below(
                        new Claim("music: a lower lowest loss by implicit training without clipping" + end, SOURCE),
                        runs.lowest(form.variant).map(Math::log),
                        runs.lowest(CLIPPED + threshold).map(Math::log),
                        Difference.Unit.RATIO));
                everywhere.add(everywhere(runs, form, threshold, end));
            }
        }
        List<Finding> findings = new ArrayList<>();
        Iterator<Finding> decided = Question.together(lowest).iterator();
        for (Form form : Form.values()) {
            for (String threshold : thresholds) {
                findings.add(runs.atTheirBest(decided.next(), form.variant, CLIPPED + threshold));
            }
        }
        findings.addAll(Question.together(everywhere));
        return Finding.ofAll(results.missing(cells), findings);
    }

    private Everywhere everywhere(RateRuns runs, Form form, String threshold, String end) {
        Claim claim = new Claim(
                "music: at every rate an equal or lower loss by implicit training without clipping" + end, SOURCE);
        Map<String, Difference> rates = new LinkedHashMap<>();
        for (double rate : grid) {
            rates.put(
                    "rate " + Numbers.plain(rate),
                    Difference.noHigher(
                            claim,
                            runs.at(form.variant, rate),
                            runs.at(CLIPPED + threshold, rate),
                            RateExperiment.AS_LOW));
        }
        return new Everywhere(claim, rates);
    }

    Page page(Results results) throws IOException {
        RateRuns runs = runs(results);
        Page page = new Page();
        if (runs.isEmpty()) {
            return page;
        }
        page.section("Music with clipping");
        page.text(TextKind.SMALL, Described.of(cells, results, "pieces"));
        return page.table(LossTable.of("Music: loss with and without clipping", runs));
    }
}
