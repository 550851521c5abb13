package io.dl4jext.experiments.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherListener;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;

@Tag("slow")
class StepProfileTest {

    @Test
    void stepsAreDl4jsAndTheListeners() {
        Model network = FisherWorkload.MLP.usual().network(1);
        DataSet batch = FisherWorkload.MLP.usual().batch(1);
        network.addListeners(
                FisherListener.builder().everyIterations(1).failFast(true).build());
        Map<String, Double> shares = StepProfile.of(() -> {
            for (int i = 0; i < 150; i++) {
                ((NeuralNetwork) network).fit(batch);
            }
        });
        assertThat(shares.get("DL4J")).isBetween(0.2, 0.999);
        assertThat(shares).hasSizeGreaterThan(1);
        assertThat(shares.values().stream().mapToDouble(share -> share).sum()).isCloseTo(0.95, within(0.0501));
        // What the listener puts around layers and functions is only on the way to DL4J.
        assertThat(shares.keySet()).noneMatch(place -> place.contains("backprop"));
    }

    @Test
    void whatIsNoStepDoesNotCount() {
        assertThat(StepProfile.of(() -> Thread.onSpinWait())).isEmpty();
    }
}
