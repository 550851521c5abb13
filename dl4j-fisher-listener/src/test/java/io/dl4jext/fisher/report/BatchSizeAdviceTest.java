package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherHistory;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchSizeAdviceTest {

    private static long suggested(double scale) {
        return new BatchSizeAdvice(scale, 32).suggested();
    }

    @Test
    void theNearestPowerOfTwo() {
        assertThat(suggested(0)).isEqualTo(1);
        assertThat(suggested(0.3)).isEqualTo(1);
        assertThat(suggested(90)).isEqualTo(64);
        assertThat(suggested(91)).isEqualTo(128);
        assertThat(suggested(128)).isEqualTo(128);
        assertThat(suggested(Double.POSITIVE_INFINITY)).isZero();
        assertThat(suggested(Double.NaN)).isZero();
        assertThat(suggested(-1)).isZero();
    }

    @Test
    void theBatchSizeInUseIsHeldAgainstIt() {
        assertThat(new BatchSizeAdvice(65, 32).text()).isEqualTo("larger batches would save steps");
        assertThat(new BatchSizeAdvice(64, 32).text()).isEqualTo("the batch size in use is about right");
        assertThat(new BatchSizeAdvice(16, 32).text()).isEqualTo("the batch size in use is about right");
        assertThat(new BatchSizeAdvice(15, 32).text()).isEqualTo("smaller batches would save examples");
        assertThat(new BatchSizeAdvice(Double.POSITIVE_INFINITY, 32).text())
                .startsWith("the gradient cannot be told from its noise");
        assertThat(new BatchSizeAdvice(Double.NaN, 32).text()).startsWith("not known");
    }

    @Test
    void theScaleIsTheHistorysAndTheLastBatchMayBeSmall() {
        FisherHistory history = FisherHistory.of(
                Runs.at(0).eigenvalues(1, 1, 1, 1).build(),
                Runs.at(1).gradients(new double[] {1, 0}, new double[] {1, 0.5}).build());
        RunData run = new RunData("run", history, Map.of());
        assertThat(run.noiseScale()).isEqualTo(history.noiseScales(0.9)[1]);
        assertThat(BatchSizeAdvice.of(run).inUse()).isEqualTo(4);
        RunData empty = new RunData("empty", FisherHistory.of(), Map.of());
        assertThat(empty.noiseScale()).isNaN();
        assertThat(BatchSizeAdvice.of(empty).inUse()).isZero();
    }
}
