package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.engine.Run;
import io.dl4jext.experiments.report.CsvFile;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.experiments.statistics.Sample;
import io.dl4jext.experiments.stochastic.MethodTrial.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The learning rate that a variant gets under a setting: the one with the least mean validation error, of those with
 * which no training diverged. Immutable.
 */
final class RateChoice {

    final Variant variant;
    final Setting setting;

    /** The first learning rate that is chosen; the least one if trainings diverged with all of them. */
    final double rate;

    private final List<Tried> tried;

    /** What a rate gave. */
    private static final class Tried {

        final double rate;
        final Sample validationErrors;
        final Sample accuracies;

        Tried(double rate, List<Run<MethodTrial>> runs) {
            this.rate = rate;
            validationErrors = Sample.of(runs, MethodTrial::lastValidationError);
            accuracies = Sample.of(runs, MethodTrial::lastAccuracy);
        }
    }

    private RateChoice(Variant variant, Setting setting, List<Tried> tried) {
        this.variant = variant;
        this.setting = setting;
        this.tried = tried;
        this.rate = tried.stream()
                .filter(one -> one.validationErrors.notFinite() == 0)
                .min(Comparator.comparingDouble(one -> one.validationErrors.mean()))
                .orElse(tried.get(0))
                .rate;
    }

    /** One for each variant under each setting that was trained, from trainings with rates in any order. */
    static List<RateChoice> of(List<Run<MethodTrial>> runs) {
        List<RateChoice> choices = new ArrayList<>();
        Run.by(trial -> trial.setting, runs)
                .forEach((setting, ofSetting) -> Run.by(trial -> trial.variant, ofSetting)
                        .forEach((variant, own) -> choices.add(new RateChoice(
                                variant,
                                setting,
                                Run.by(trial -> trial.rate, own).entrySet().stream()
                                        .map(rate -> new Tried(rate.getKey(), rate.getValue()))
                                        .sorted(Comparator.comparingDouble(one -> one.rate))
                                        .collect(Collectors.toList())))));
        return choices;
    }

    boolean isOf(Variant someVariant, Setting someSetting) {
        return variant == someVariant && setting == someSetting;
    }

    /** Whether a training is one with the rate that was chosen for it. */
    static boolean isChosen(MethodTrial trial, List<RateChoice> choices) {
        return choices.stream()
                .anyMatch(choice -> choice.isOf(trial.variant, trial.setting) && choice.rate == trial.rate);
    }

    /** Whether a lower or higher rate than those tried may be better. */
    private boolean isAtEdge() {
        return rate == tried.get(0).rate || rate == tried.get(tried.size() - 1).rate;
    }

    /** A row for each choice, a column for each rate, and for which choices there are no rates below or above. */
    static String text(List<RateChoice> choices) {
        TextTable<RateChoice> table = new TextTable<>(choices)
                .column("batch", choice -> choice.setting.batchSize)
                .column("momentum", choice -> Numbers.plain(choice.setting.momentum))
                .column("ratio", choice -> choice.setting.ratio)
                .column("method", choice -> choice.variant.name());
        List<Tried> first = choices.get(0).tried;
        for (int i = 0; i < first.size(); i++) {
            int column = i;
            table.column(Numbers.plain(first.get(i).rate), choice -> choice.cell(choice.tried.get(column)));
        }
        String atEdge = choices.stream()
                .filter(RateChoice::isAtEdge)
                .map(choice -> choice.variant.name() + " (" + choice.setting + ")")
                .collect(Collectors.joining("; "));
        return "Validation error %, mean of the last tenth of the epochs, "
                + Numbers.count(first.get(0).validationErrors.size(), "seed") + "\n" + table
                + "* chosen. The least or the largest rate is best, so that others may be better, for: "
                + (atEdge.isEmpty() ? "none" : atEdge) + ".\n";
    }

    private String cell(Tried one) {
        return Numbers.outcome(one.validationErrors, Numbers::percent) + (one.rate == rate ? " *" : "");
    }

    /** A row for each rate of each choice. */
    static void write(Path file, List<RateChoice> choices) throws IOException {
        List<Tried> rows =
                choices.stream().flatMap(choice -> choice.tried.stream()).collect(Collectors.toList());
        new CsvFile<Tried>(file)
                .quotedColumn("method", one -> of(one, choices).variant.name())
                .column("batch_size", one -> of(one, choices).setting.batchSize)
                .column("momentum", one -> of(one, choices).setting.momentum)
                .column("ratio", one -> of(one, choices).setting.ratio)
                .column("learning_rate", one -> one.rate)
                .column("seeds", one -> one.validationErrors.size())
                .column("diverged", one -> one.validationErrors.notFinite())
                .column("validation_error", one -> one.validationErrors.mean())
                .column("test_accuracy", one -> one.accuracies.mean())
                .column("chosen", one -> of(one, choices).rate == one.rate)
                .add(rows);
    }

    private static RateChoice of(Tried one, List<RateChoice> choices) {
        return choices.stream()
                .filter(choice -> choice.tried.contains(one))
                .findFirst()
                .orElseThrow();
    }
}
