package io.dl4jext.experiments.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

class WorkloadTest {

    @Test
    void theUsualSizes() {
        assertThat(ImageWorkload.of(Architecture.MLP)).hasToString("mlp 1x28x28, batch 128");
        assertThat(ImageWorkload.of(Architecture.LENET)).hasToString("lenet 1x28x28, batch 128");
        assertThat(ImageWorkload.of(Architecture.RESNET8)).hasToString("resnet8 3x32x32, batch 64");
        assertThat(CharLstm.usual()).hasToString("char-lstm 77x50, batch 32");
        assertThat(WordEmbedding.usual()).hasToString("embedding 5000x32, batch 32");
    }

    @Test
    void theShapesOfBatches() {
        assertThat(ImageWorkload.of(Architecture.RESNET8)
                        .withBatchSize(2)
                        .batch(1)
                        .getFeatures()
                        .shape())
                .containsExactly(2, 3, 32, 32);
        DataSet texts = CharLstm.usual().withBatchSize(2).batch(1);
        assertThat(texts.getFeatures().shape()).containsExactly(2, 77, 50);
        assertThat(texts.getLabels().shape()).containsExactly(2, 77, 50);
        DataSet words = WordEmbedding.usual().withBatchSize(3).batch(1);
        assertThat(words.getFeatures().shape()).containsExactly(3, 1);
        assertThat(words.getLabels().shape()).containsExactly(3, 10);
    }

    @Test
    void theParameters() {
        // 4·128·(77 + 128 + 1), 4·128·(128 + 128 + 1), 77·(128 + 1)
        assertThat(CharLstm.usual().network(1).numParams()).isEqualTo(105_472 + 131_584 + 9_933);
        assertThat(WordEmbedding.usual().network(1).numParams()).isEqualTo(160_000 + 330);
    }

    private static Stream<Workload> small() {
        return Stream.of(CharLstm.usual(), WordEmbedding.usual(), ImageWorkload.of(Architecture.MLP))
                .map(workload -> workload.withBatchSize(4));
    }

    @ParameterizedTest
    @MethodSource("small")
    void aFewStepsOnOneBatchLowerTheLoss(Workload workload) {
        assertThat(workload.withBatchSize(null)).isSameAs(workload);
        assertThat(workload.batchSize()).isEqualTo(4);
        Model network = workload.network(1);
        DataSet batch = workload.batch(1);
        assertThat(batch).isEqualTo(workload.batch(1)).isNotEqualTo(workload.batch(2));
        assertThat(network.params().dataType()).isEqualTo(DataType.FLOAT);
        assertThat(batch.getFeatures().dataType()).isEqualTo(DataType.FLOAT);
        ((NeuralNetwork) network).fit(batch);
        double before = network.score();
        for (int i = 0; i < 5; i++) {
            ((NeuralNetwork) network).fit(batch);
        }
        assertThat(network.score()).isLessThan(before);
    }
}
