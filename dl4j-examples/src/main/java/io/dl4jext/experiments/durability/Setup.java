package io.dl4jext.experiments.durability;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.LastBatch;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.stochastic.StochasticBatch;
import java.util.Locale;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * What is trained, killed and resumed: between them, all modules. Each with dropout, measured, on batches of changing
 * size.
 */
enum Setup {
    /** Implicit steps on a batch schedule. */
    IMPLICIT(new ImplicitSgd(0.1)) {
        @Override
        Model network(long seed) {
            return ImplicitBackprop.convert((MultiLayerNetwork) super.network(seed), new ImplicitSgd(0.1))
                    .result();
        }
    },
    /** The stochastic batch size, with batches whose size a controller chooses. */
    CONTROLLED(new StochasticBatch(0.05)) {
        @Override
        DataSetIterator batches(DataSetIterator source, BatchController control) {
            return DynamicBatchIterator.builder(source, control).build();
        }
    },
    /** An AdaGrad preset, gradients accumulated, rates scaled, the last batch carried over. */
    ACCUMULATED(AdaGradPresets.pyTorch().learningRate(0.02).build()) {
        @Override
        DataSetIterator batches(DataSetIterator source, BatchController control) {
            return DynamicBatchIterator.builder(source, SCHEDULE)
                    .microBatchSize(12)
                    .lastBatch(LastBatch.CARRY)
                    .learningRateScaling(LearningRateScaling.squareRoot(16))
                    .build();
        }
    },
    /** AdaGrad-Norm on a graph, trained on an iterator that is none of the pack's. */
    GRAPH(AdaGradPresets.norm().learningRate(0.5).build()) {
        @Override
        Model network(long seed) {
            return ((MultiLayerNetwork) super.network(seed)).toComputationGraph();
        }

        @Override
        DataSetIterator batches(DataSetIterator source, BatchController control) {
            return source;
        }

        @Override
        boolean isGraph() {
            return true;
        }
    },
    /** A graph with a convolution of the image and an LSTM over its rows. */
    BRANCHES(new Nesterovs(0.05, 0.9)) {
        @Override
        Model network(long seed) {
            ComputationGraph network = new ComputationGraph(builder(seed)
                    .graphBuilder()
                    .addInputs("pixels")
                    .addLayer(
                            "convolution",
                            new ConvolutionLayer.Builder(3, 3).nIn(1).nOut(4).build(),
                            new FeedForwardToCnnPreProcessor(8, 8, 1),
                            "pixels")
                    .addLayer(
                            "dense",
                            new DenseLayer.Builder().nIn(144).nOut(16).build(),
                            new CnnToFeedForwardPreProcessor(6, 6, 4),
                            "convolution")
                    .addVertex("rows", new ReshapeVertex(-1, 8, 8), "pixels")
                    .addLayer(
                            "recurrent",
                            new LastTimeStep(new LSTM.Builder().nIn(8).nOut(12).build()),
                            "rows")
                    .addVertex("both", new MergeVertex(), "dense", "recurrent")
                    .addLayer("output", output().nIn(28).build(), "both")
                    .setOutputs("output")
                    .build());
            network.init();
            return network;
        }

        @Override
        boolean isGraph() {
            return true;
        }
    };

    private static final BatchSchedule SCHEDULE = BatchSchedule.named("s16-to-64", KilledTraining.EPOCHS);

    private final IUpdater updater;

    Setup(IUpdater updater) {
        this.updater = updater;
    }

    Model network(long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(seed)
                .list()
                .layer(new DenseLayer.Builder().nOut(32).build())
                .layer(new BatchNormalization.Builder().build())
                .layer(output().build())
                .setInputType(InputType.feedForward(64))
                .build());
        network.init();
        return network;
    }

    NeuralNetConfiguration.Builder builder(long seed) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .activation(Activation.TANH)
                .dropOut(0.8)
                .updater(updater.clone());
    }

    static OutputLayer.Builder output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(10).activation(Activation.SOFTMAX);
    }

    /** Whether the network is a ComputationGraph. */
    boolean isGraph() {
        return false;
    }

    IUpdater updater() {
        return updater;
    }

    /** What a program trains it on. */
    DataSetIterator batches(DataSetIterator source, BatchController control) {
        return DynamicBatchIterator.builder(source, SCHEDULE).build();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
