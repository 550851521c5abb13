package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Where ND4J keeps its arrays, what it keeps between two steps, and which type it makes by default: the numbers stay
 * the same.
 */
class ModesTest {

    private static final DataType DEFAULT = Nd4j.dataType();

    @AfterEach
    void restoreDefault() {
        Nd4j.setDefaultDataTypes(DEFAULT, DEFAULT);
    }

    private static void set(Model model, WorkspaceMode workspaces, CacheMode cache) {
        if (model instanceof ComputationGraph) {
            ComputationGraph graph = (ComputationGraph) model;
            graph.getConfiguration().setTrainingWorkspaceMode(workspaces);
            graph.getConfiguration().setInferenceWorkspaceMode(workspaces);
            graph.setCacheMode(cache);
        } else {
            MultiLayerNetwork network = (MultiLayerNetwork) model;
            network.getLayerWiseConfigurations().setTrainingWorkspaceMode(workspaces);
            network.getLayerWiseConfigurations().setInferenceWorkspaceMode(workspaces);
            network.setCacheMode(cache);
        }
    }

    private static Model train(Piece piece, boolean graph, WorkspaceMode workspaces, CacheMode cache) {
        Model model = piece.network(graph);
        set(model, workspaces, cache);
        piece.attach(model);
        return Pieces.fit(model, piece.data(model), 2);
    }

    @ParameterizedTest
    @MethodSource("io.dl4jext.users.Piece#inBothContainers")
    void everyPiece(Piece piece, boolean graph) {
        Model expected = train(piece, graph, WorkspaceMode.ENABLED, CacheMode.NONE);
        for (WorkspaceMode workspaces : List.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE)) {
            for (CacheMode cache : CacheMode.values()) {
                Pieces.assertSameParameters(train(piece, graph, workspaces, cache), expected);
            }
        }
    }

    static Stream<Arguments> rules() {
        return Stream.of(Rule.values())
                .flatMap(rule -> Stream.of(DataType.FLOAT, DataType.DOUBLE)
                        .map(type -> Arguments.of(rule, (rule.ordinal() % 2 == 0) == (type == DataType.FLOAT), type)));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyRuleWithAnotherDefaultType(Rule rule, boolean graph, DataType type) {
        INDArray[] trained = new INDArray[2];
        for (DataType byDefault : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            Nd4j.setDefaultDataTypes(byDefault, byDefault);
            Model model = rule.network(graph, type);
            rule.listeners(model).forEach(model::addListeners);
            FisherListener fisher =
                    FisherListener.builder().everyIterations(1).failFast(true).build();
            model.addListeners(fisher);
            Pieces.fit(model, ThreeClasses.batches(type), 2);
            assertThat(fisher.history().measurements()).hasSize(20);
            trained[byDefault == DataType.FLOAT ? 0 : 1] = model.params();
        }
        assertThat(trained[0].dataType()).isEqualTo(type);
        assertThat(trained[1]).isEqualTo(trained[0]);
    }

    private static MultiLayerNetwork convolutional(DataType type) {
        return initialised(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .updater(new Sgd(0.1))
                .list()
                .layer(new ConvolutionLayer.Builder(2, 2)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new BatchNormalization.Builder().build())
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .activation(Activation.SIGMOID)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(4, 4, 1)));
    }

    private static MultiLayerNetwork recurrent(DataType type) {
        return initialised(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .updater(new Sgd(0.1))
                .list()
                .layer(new LSTM.Builder().nIn(4).nOut(3).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build()));
    }

    private static MultiLayerNetwork initialised(NeuralNetConfiguration.ListBuilder builder) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder.build());
        network.init();
        return network;
    }

    /** Layers that keep something where the cache mode says so. */
    @ParameterizedTest
    @CsvSource({"false, FLOAT", "false, DOUBLE", "true, FLOAT", "true, DOUBLE"})
    void measurements(boolean recurrent, DataType type) {
        List<String> expected = null;
        for (WorkspaceMode workspaces : List.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE)) {
            for (CacheMode cache : CacheMode.values()) {
                MultiLayerNetwork network = recurrent ? recurrent(type) : convolutional(type);
                set(network, workspaces, cache);
                INDArray labels = Nd4j.zeros(type, 6, 2);
                for (int i = 0; i < 6; i++) {
                    labels.putScalar(i, i % 2, 1);
                }
                INDArray inputs = Nd4j.linspace(type, -1, 0.02, 96);
                DataSet batch = recurrent
                        ? new DataSet(inputs.reshape(6, 4, 4), Nd4j.tile(labels.reshape(6, 2, 1), 1, 1, 4))
                        : new DataSet(inputs.reshape(6, 1, 4, 4), labels);
                FisherListener fisher = FisherListener.builder()
                        .everyIterations(1)
                        .failFast(true)
                        .build();
                network.setListeners(fisher);
                for (int step = 0; step < 3; step++) {
                    network.fit(batch);
                }
                List<String> measured = fisher.history().measurements().stream()
                        .map(FisherMeasurement::eigenvalues)
                        .map(Arrays::toString)
                        .collect(Collectors.toList());
                assertThat(measured).hasSize(3);
                expected = expected == null ? measured : expected;
                assertThat(measured).as("%s, %s", workspaces, cache).isEqualTo(expected);
            }
        }
    }
}
