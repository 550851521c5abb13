package io.dl4jext.experiments.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.data.Digits;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.network.Architecture;
import java.io.IOException;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

class EvaluatorTest {

    /** Of finite parameters too: large ones make infinities in between, and NaN of their differences. */
    @Test
    void aNetworkThatAnswersNaNHasDiverged() throws IOException {
        Examples examples = Digits.embedded().test();
        Evaluator evaluator = new Evaluator(examples, Layout.NCHW);
        Model network = Architecture.RESNET8.create(examples.shape(), 10, new Sgd(0.1), 1, DataType.FLOAT);
        network.params().muli(1e30);
        assertThat(Double.isFinite(network.params().sumNumber().doubleValue())).isTrue();

        Score score = evaluator.apply(network);

        assertThat(score.loss).isNaN();
        assertThat(score.accuracy).isEqualTo(evaluator.ofDiverged().accuracy).isBetween(0.05, 0.15);
    }
}
