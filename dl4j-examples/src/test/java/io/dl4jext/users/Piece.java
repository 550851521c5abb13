package io.dl4jext.users;

import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.LastBatch;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.implicit.BatchMode;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * A piece of the pack as a user adds it: the updater, what is attached to the network, and the data that it trains on.
 */
enum Piece {
    MEASURED(rate()) {
        @Override
        void attach(Model model) {
            model.addListeners(Pieces.listener());
        }
    },
    IMPLICIT(rate()) {
        @Override
        Model network(boolean graph) {
            return Pieces.convert(super.network(graph), new ImplicitSgd(1.5)).result();
        }
    },
    /** The division by the batch is within the step, so it must know the whole update's. */
    IMPLICIT_IN_PARTS(rate()) {
        @Override
        Model network(boolean graph) {
            return Pieces.convert(
                            super.network(graph),
                            ImplicitSgd.builder()
                                    .learningRate(0.8)
                                    .batchMode(BatchMode.BATCH_SCALED)
                                    .build())
                    .result();
        }

        @Override
        DataSetIterator data(Model model) {
            return attached(
                    DynamicBatchIterator.builder(train(), BatchSchedule.constant(12))
                            .microBatchSize(5)
                            .build(),
                    model);
        }
    },
    SCHEDULED_BATCHES(rate()) {
        @Override
        DataSetIterator data(Model model) {
            return attached(
                    DynamicBatchIterator.builder(train(), BatchSchedule.named("s16-to-64", EPOCHS))
                            .lastBatch(LastBatch.CARRY)
                            .build(),
                    model);
        }
    },
    ACCUMULATED_AND_SCALED(rate()) {
        @Override
        DataSetIterator data(Model model) {
            return attached(
                    DynamicBatchIterator.builder(train(), BatchSchedule.constant(12))
                            .microBatchSize(5)
                            .learningRateScaling(LearningRateScaling.squareRoot(8))
                            .build(),
                    model);
        }
    },
    STOCHASTIC_BATCH(
            StochasticBatch.builder().learningRate(0.2).momentum(0.5).lambda(-1).build()) {
        @Override
        void attach(Model model) {
            StochasticBatchListener.attachTo(model);
        }
    },
    ADA_GRAD(AdaGradPresets.normPerTensor().learningRate(0.2).build()) {
        @Override
        void attach(Model model) {
            AdaGradListener.attachTo(model);
        }
    },
    MAD_GRAD(AdaGradPresets.madGrad().learningRate(0.05).build());

    private final IUpdater updater;

    Piece(IUpdater updater) {
        this.updater = updater;
    }

    Model network(boolean graph) {
        return plain(graph, updater);
    }

    void attach(Model model) {}

    DataSetIterator data(Model model) {
        return train();
    }

    private static DataSetIterator attached(DynamicBatchIterator batches, Model model) {
        Pieces.attach(batches, model);
        return batches;
    }

    static final int EPOCHS = 4;
    static final List<DataSet> TRAIN = batches(1, 8, 8, 8, 5);
    static final List<DataSet> VALIDATION = batches(2, 20);

    static IUpdater rate() {
        return new Sgd(new LinearDecaySchedule(ScheduleType.EPOCH, 0.5, 0.05, EPOCHS));
    }

    static Stream<Arguments> inBothContainers() {
        return Stream.of(values()).flatMap(piece -> Stream.of(Arguments.of(piece, false), Arguments.of(piece, true)));
    }

    private static List<DataSet> batches(long seed, int... sizes) {
        Random random = new Random(seed);
        List<DataSet> batches = new ArrayList<>();
        for (int size : sizes) {
            INDArray features = Nd4j.create(DataType.DOUBLE, size, 4);
            INDArray labels = Nd4j.create(DataType.DOUBLE, size, 3);
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < 4; j++) {
                    features.putScalar(i, j, random.nextGaussian());
                }
                labels.putScalar(i, features.getDouble(i, 0) > 0.3 ? 0 : 1 + random.nextInt(2), 1);
            }
            batches.add(new DataSet(features, labels));
        }
        return batches;
    }

    static DataSetIterator train() {
        return new ExistingDataSetIterator(TRAIN);
    }

    static Model plain(boolean graph, IUpdater updater) {
        NeuralNetConfiguration.Builder builder = new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .updater(updater);
        DenseLayer hidden = new DenseLayer.Builder()
                .nIn(4)
                .nOut(6)
                .activation(Activation.TANH)
                .build();
        OutputLayer out = new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(6)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
        if (graph) {
            ComputationGraph network = new ComputationGraph(builder.graphBuilder()
                    .addInputs("in")
                    .addLayer("hidden", hidden, "in")
                    .addLayer("out", out, "hidden")
                    .setOutputs("out")
                    .build());
            network.init();
            return network;
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(builder.list().layer(hidden).layer(out).build());
        network.init();
        return network;
    }
}
