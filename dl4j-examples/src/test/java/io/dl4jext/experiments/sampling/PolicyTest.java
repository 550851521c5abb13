package io.dl4jext.experiments.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.chapter.Paper1Chapter;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

    private static int[] sizes(Policy policy, int epochs) {
        return IntStream.range(0, epochs).map(policy::size).toArray();
    }

    @Test
    void sizesOfThePaper() {
        assertThat(sizes(Policy.scheduled("s16-to-64", 5), 5)).containsExactly(16, 16, 32, 32, 64);
        assertThat(sizes(Policy.scheduled("s32-to-512-MS", 20), 20))
                .containsExactly(
                        32, 32, 64, 64, 128, 128, 256, 256, 512, 512, 32, 64, 128, 256, 512, 32, 64, 128, 256, 512);
        assertThat(Policy.scheduled("s32-to-512-MS", 20).largest()).isEqualTo(512);
        assertThat(Policy.scheduled("s32", 1).isBeacon).isTrue();
        assertThat(Policy.scheduled("s16-to-64", 5).isBeacon).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"s16-to-64, 4, 5", "s32-to-512, 4, 5", "s16-to-32, 2, 3", "s32-to-512-MS, 19, 20", "s16-to-64-MS, 1, 20"
    })
    void everySizeNeedsAnEpoch(String name, int tooFew, int enough) {
        assertThatThrownBy(() -> Policy.scheduled(name, tooFew))
                .isInstanceOf(UserError.class)
                .hasMessageContainingAll(
                        "--policies", "at least " + enough + " epochs for " + name, "got --epochs " + tooFew);
        assertThat(Policy.scheduled(name, enough).name).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "32", "s0", "s16-to-48", "S16", "s16-to-64-XY", "s16-to-1024"})
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> Policy.scheduled(name, 40))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("--policies: Expected");
    }

    @Test
    void theRateFallsWhereMultiStepPoliciesBeginAnew() {
        for (int epochs = 20; epochs <= 23; epochs++) {
            RateDecay rate = new RateDecay(0.2, epochs);
            Policy policy = Policy.scheduled("s16-to-64-MS", epochs);
            for (int epoch = 1; epoch < epochs; epoch++) {
                boolean falls =
                        rate.schedule().valueAt(0, epoch) < rate.schedule().valueAt(0, epoch - 1);
                assertThat(policy.size(epoch) < policy.size(epoch - 1))
                        .as("epoch %d of %d", epoch, epochs)
                        .isEqualTo(falls);
            }
        }
        RateDecay paper = new RateDecay(0.1, 40);
        Offset<Double> digits = Offset.offset(1e-15);
        assertThat(paper.schedule().valueAt(0, 19)).isCloseTo(0.1, digits);
        assertThat(paper.schedule().valueAt(0, 20)).isCloseTo(0.01, digits);
        assertThat(paper.schedule().valueAt(0, 29)).isCloseTo(0.01, digits);
        assertThat(paper.schedule().valueAt(0, 30)).isCloseTo(0.001, digits);
    }

    /** The command would refuse them, after hours of other cells. */
    @ParameterizedTest
    @EnumSource(Scale.class)
    void policiesOfTheReportHaveEpochsEnough(Scale scale) {
        List<List<String>> cells = new Paper1Chapter()
                .cells(scale, DataFolder.none()).stream()
                        .map(Cell::arguments)
                        .filter(arguments -> arguments.get(0).equals("dynamic-sampling"))
                        .collect(Collectors.toList());
        assertThat(cells).isNotEmpty().allSatisfy(arguments -> {
            int epochs = Integer.parseInt(after("--epochs", arguments));
            for (String name : after("--policies", arguments).split(",")) {
                assertThat(Policy.scheduled(name, epochs).name).isEqualTo(name);
            }
        });
    }

    private static String after(String option, List<String> arguments) {
        return arguments.get(arguments.indexOf(option) + 1);
    }
}
