package io.dl4jext.experiments.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.engine.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateChoiceTest {

    private static final Variant SGD = Variant.of(Method.SGD, 0, 0);
    private static final Variant DROPOUT = Variant.of(Method.DROPOUT, 0, 0);

    @TempDir
    Path folder;

    /** Validation and test disagree: 0.1 is best for SGD by the one, 0.01 by the other; 0.2 diverged once. */
    private static List<RateChoice> choices() {
        return RateChoice.of(List.of(
                Runs.tried(SGD, 0.2, 1, 0.99, 0.99),
                Runs.tried(SGD, 0.1, 1, 0.50, 0.70),
                Runs.tried(SGD, 0.01, 1, 0.90, 0.60),
                Runs.tried(DROPOUT, 0.2, 1, Double.NaN, Double.NaN),
                Runs.tried(DROPOUT, 0.1, 1, 0.3, 0.1),
                Runs.tried(DROPOUT, 0.01, 1, 0.3, 0.2),
                Runs.tried(SGD, 0.2, 2, Double.NaN, Double.NaN),
                Runs.tried(SGD, 0.1, 2, 0.50, 0.60),
                Runs.tried(SGD, 0.01, 2, 0.90, 0.50),
                Runs.tried(DROPOUT, 0.2, 2, 0.3, 0.9),
                Runs.tried(DROPOUT, 0.1, 2, 0.3, 0.1),
                Runs.tried(DROPOUT, 0.01, 2, 0.3, 0.2)));
    }

    @Test
    void validationChooses() {
        List<RateChoice> choices = choices();
        assertThat(choices).extracting(choice -> choice.rate).containsExactly(0.1, 0.01);
        assertThat(RateChoice.text(choices))
                .containsPattern("(?m)^batch +momentum +ratio +method +0.01 +0.1 +0.2$")
                .containsPattern("(?m)sgd +45.00 \\+- 7.07 +35.00 \\+- 7.07 \\* +diverged 1 of 2$")
                .contains("may be better, for: dropout (batch 16, momentum 0, ratio 1/4).");
    }

    @Test
    void allDivergedIsTheLeastRate() {
        List<RateChoice> choices = RateChoice.of(List.of(
                Runs.tried(SGD, 0.2, 1, Double.NaN, Double.NaN), Runs.tried(SGD, 0.1, 1, Double.NaN, Double.NaN)));
        assertThat(choices.get(0).rate).isEqualTo(0.1);
    }

    @Test
    void othersAreTrainedWithTheChosenRate() {
        List<RateChoice> choices = choices();
        Trials trials = new Trials(List.of(SGD, DROPOUT), List.of(Runs.SETTING), 10, 1);
        List<MethodTrial> others = trials.withChosen(choices, 3, 4);
        assertThat(others)
                .extracting(trial -> trial.variant.name() + " " + trial.rate + " " + trial.seed)
                .containsExactly("sgd 0.1 3", "dropout 0.01 3", "sgd 0.1 4", "dropout 0.01 4");
        assertThat(trials.withAll(List.of(0.1, 0.2), 1).stream()
                        .filter(trial -> RateChoice.isChosen(trial, choices))
                        .map(trial -> trial.variant.name() + " " + trial.rate)
                        .collect(Collectors.toList()))
                .containsExactly("sgd 0.1");
    }

    @Test
    void fileHasEveryRate() throws IOException {
        Path file = folder.resolve("rates.csv");
        RateChoice.write(file, choices());
        assertThat(Files.readAllLines(file))
                .hasSize(1 + 2 * 3)
                .contains(
                        "method,batch_size,momentum,ratio,learning_rate,seeds,diverged,validation_error,test_accuracy,chosen")
                .anyMatch(line -> line.startsWith("\"sgd\",16,0.0,1/4,0.1,2,0,0.35") && line.endsWith(",0.5,true"))
                .anyMatch(line -> line.startsWith("\"sgd\",16,0.0,1/4,0.2,2,1,NaN,") && line.endsWith(",false"));
    }

    @Test
    void errorIsThatOfValidation() {
        Run<MethodTrial> run = Runs.tried(SGD, 0.1, 1, 0.9, 0.75);
        assertThat(MethodTrial.lastValidationError(run)).isEqualTo(0.25);
        assertThat(MethodTrial.lastValidationError(Runs.of(SGD, 1, 1, 0.5))).isNaN();
    }
}
