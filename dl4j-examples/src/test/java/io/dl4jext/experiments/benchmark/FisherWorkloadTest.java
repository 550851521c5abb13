package io.dl4jext.experiments.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.network.Workload;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.LayerContribution;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FisherWorkloadTest {

    @Test
    void allThatHaveABarAreMeasuredUnlessAsked() {
        assertThat(FisherWorkload.withBars())
                .extracting(FisherWorkload::toString)
                .containsExactly("mlp", "lenet", "resnet8", "char-lstm", "embedding");
    }

    @ParameterizedTest
    @EnumSource(FisherWorkload.class)
    void theListenerMeasuresItWithoutReplay(FisherWorkload network) {
        Workload workload = network.usual().withBatchSize(2);
        assertThat(workload.toString()).startsWith(network + " ");
        Model model = workload.network(1);
        assertThat(LayerContribution.of(model))
                .extracting(LayerContribution::kind)
                .isSubsetOf(LayerContribution.Kind.DIRECT, LayerContribution.Kind.NONE);
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        model.addListeners(fisher);
        ((NeuralNetwork) model).fit(workload.batch(1));
        assertThat(fisher.history().measurements()).hasSize(1);
        assertThat(fisher.history().measurements().get(0).conditionNumber()).isFinite();
    }
}
