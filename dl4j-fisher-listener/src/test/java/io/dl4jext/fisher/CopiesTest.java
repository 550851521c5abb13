package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network that is measured may be copied in every way that DL4J has: both train on as if nobody
 * listened, and the history is the first's. */
class CopiesTest {

    private static final DataSet DATA =
            new DataSet(Nd4j.linspace(-1, 1, 24).reshape('c', 6, 4), Nd4j.eye(3).repeat(0, 2));

    static Stream<Arguments> ways() {
        return Stream.of(false, true)
                .flatMap(graph -> Stream.of(
                        Arguments.of(graph, "clone", (UnaryOperator<Model>) CopiesTest::cloned),
                        Arguments.of(graph, "Java serialisation", (UnaryOperator<Model>) CopiesTest::serialised),
                        Arguments.of(graph, "ModelSerializer", (UnaryOperator<Model>) CopiesTest::saved)));
    }

    @ParameterizedTest(name = "graph {0}, {1}")
    @MethodSource("ways")
    void bothTrainOn(boolean graph, String way, UnaryOperator<Model> copy) {
        FisherListener listener =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        Model measured = network(graph);
        measured.setListeners(listener);
        Model plain = network(graph);
        train(measured, 3);
        train(plain, 3);
        Model copied = copy.apply(measured);
        Model plainCopy = copy.apply(plain);
        // DL4J itself cannot train on with what Java serialisation leaves of its networks.
        if (!way.startsWith("Java")) {
            train(copied, 2);
            train(plainCopy, 2);
        }
        train(measured, 4);
        train(plain, 4);
        assertThat(measured.params()).isEqualTo(plain.params());
        assertThat(copied.params()).isEqualTo(plainCopy.params());
        assertThat(listener.history().measurements().stream()
                        .map(FisherMeasurement::iteration)
                        .collect(Collectors.toList()))
                .containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    private static Model network(boolean graph) {
        NeuralNetConfiguration.Builder settings =
                new NeuralNetConfiguration.Builder().seed(3).updater(new Adam(0.01));
        DenseLayer dense = new DenseLayer.Builder()
                .nIn(4)
                .nOut(5)
                .activation(Activation.TANH)
                .build();
        OutputLayer output = new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(5)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
        if (graph) {
            ComputationGraph network = new ComputationGraph(settings.graphBuilder()
                    .addInputs("in")
                    .addLayer("dense", dense, "in")
                    .addLayer("out", output, "dense")
                    .setOutputs("out")
                    .build());
            network.init();
            return network;
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(settings.list().layer(dense).layer(output).build());
        network.init();
        return network;
    }

    private static void train(Model network, int steps) {
        for (int i = 0; i < steps; i++) {
            ((NeuralNetwork) network).fit(DATA);
        }
    }

    private static Model cloned(Model model) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).clone()
                : ((ComputationGraph) model).clone();
    }

    private static Model serialised(Model model) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(model);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                return (Model) in.readObject();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Model saved(Model model) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ModelSerializer.writeModel(model, bytes, true);
            ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
            return model instanceof MultiLayerNetwork
                    ? ModelSerializer.restoreMultiLayerNetwork(in, true)
                    : ModelSerializer.restoreComputationGraph(in, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
