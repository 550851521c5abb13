package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What docs/dl4j.md says of DL4J, with nothing of the pack: where a version mends it, the page is to be changed. */
class Dl4jItselfTest {

    private static final FineTuneConfiguration TUNING =
            new FineTuneConfiguration.Builder().updater(new Sgd(0.1)).build();

    @Test
    void fineTuningDoesNotReachTheLayerWithinALastTimeStep() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new Adam(0.01))
                .list()
                .layer(new LastTimeStep(new LSTM.Builder().nIn(2).nOut(3).build()))
                .layer(new OutputLayer.Builder()
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        MultiLayerNetwork tuned = new TransferLearning.Builder(network)
                .fineTuneConfiguration(TUNING)
                .build();

        LastTimeStep last =
                (LastTimeStep) tuned.getLayerWiseConfigurations().getConf(0).getLayer();
        assertThat(((BaseLayer) last.getUnderlying()).getIUpdater()).isInstanceOf(Adam.class);
        assertThat(((BaseLayer) tuned.getLayerWiseConfigurations().getConf(1).getLayer()).getIUpdater())
                .isInstanceOf(Sgd.class);
    }

    @Test
    void fineTunedGraphsAreOfSinglePrecision() {
        ComputationGraph graph = (ComputationGraph) Piece.plain(true, new Sgd(0.1));
        ComputationGraph tuned = new TransferLearning.GraphBuilder(graph)
                .fineTuneConfiguration(TUNING)
                .build();

        assertThat(graph.params().dataType()).isEqualTo(DataType.DOUBLE);
        assertThat(tuned.params().dataType()).isEqualTo(DataType.FLOAT);
    }

    @Test
    void frozenLayersCannotBeFrozenAgain() {
        MultiLayerNetwork network = (MultiLayerNetwork) Piece.plain(false, new Sgd(0.1));
        MultiLayerNetwork frozen =
                new TransferLearning.Builder(network).setFeatureExtractor(0).build();
        frozen.fit(Piece.TRAIN.get(0));

        assertThatThrownBy(() -> new TransferLearning.Builder(frozen)
                        .setFeatureExtractor(0)
                        .build()
                        .fit(Piece.TRAIN.get(0)))
                .isInstanceOf(ClassCastException.class);
    }

    @Test
    void importedConvolutionsFailWithTheirDropout() throws Exception {
        String file = new File(getClass().getResource("keras/convolution.h5").toURI()).getPath();
        MultiLayerNetwork imported =
                KerasModelImport.importKerasSequentialModelAndWeights(file).convertDataType(DataType.DOUBLE);
        DataSet data = new DataSet(Nd4j.rand(DataType.DOUBLE, 5, 8, 8, 2), Nd4j.ones(DataType.DOUBLE, 5, 3));

        assertThatThrownBy(() -> imported.fit(data)).hasMessageContaining("Op [multiply] execution failed");
        MultiLayerNetwork tuned = new TransferLearning.Builder(imported)
                .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder().dropOut(0).build())
                .build();
        tuned.fit(data);
        assertThat(tuned.score()).isFinite();
    }

    @Test
    void theMaskOfOneSeriesOfOneStepIsRefused() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new LSTM.Builder().nOut(3).build())
                .layer(new DenseLayer.Builder().nOut(3).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(2))
                .build());
        network.init();
        INDArray mask = Nd4j.ones(1, 1);

        assertThatThrownBy(() -> network.fit(new DataSet(Nd4j.ones(1, 2, 1), Nd4j.ones(1, 2, 1), mask, mask)))
                .hasMessageContaining("expected vector");
    }
}
