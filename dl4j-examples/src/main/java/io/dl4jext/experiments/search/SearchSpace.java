package io.dl4jext.experiments.search;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.arbiter.TrainingSpace;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.experiments.command.ScheduleName;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.fisher.arbiter.ChoiceSpace;
import io.dl4jext.fisher.arbiter.SettingsSpace;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.arbiter.ImplicitNetworkSpace;
import io.dl4jext.stochastic.StochasticBatch;
import java.util.List;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.MultiLayerSpace;
import org.deeplearning4j.arbiter.layers.DenseLayerSpace;
import org.deeplearning4j.arbiter.layers.OutputLayerSpace;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.distribution.LogUniformDistribution;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.integer.IntegerParameterSpace;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What is searched: the width of a perceptron, how it is updated, and in which batches. */
final class SearchSpace {

    private static final List<String> SCHEDULES = List.of("s16", "s64", "s16-to-64", "s32-to-128");

    private SearchSpace() {}

    /** Refuses a training that is too short for one of the schedules. */
    static void requireEpochsEnough(int epochs) {
        SCHEDULES.forEach(name -> ScheduleName.complete("--epochs", name, epochs));
    }

    static TrainingSpace<DL4JConfiguration> of(ImageSet data, int epochs, long seed) {
        ParameterSpace<Double> rate = new ContinuousParameterSpace(new LogUniformDistribution(0.01, 1));
        ParameterSpace<Integer> width = new IntegerParameterSpace(30, 200);
        return TrainingSpace.builder(ChoiceSpace.<DL4JConfiguration>of(
                        perceptron(data, epochs, seed, width, explicit(rate)),
                        ImplicitNetworkSpace.of(
                                perceptron(data, epochs, seed, width, SettingsSpace.of(IUpdater.class, new Sgd(0.1))),
                                SettingsSpace.of(IUpdater.class, new ImplicitSgd(0.1))
                                        .search("learningRate", rate))))
                .batchSizes(ChoiceSpace.of(
                        BatchSchedule.class,
                        SCHEDULES.stream()
                                .map(name -> BatchSchedule.named(name, epochs))
                                .toArray(BatchSchedule[]::new)))
                .build();
    }

    private static ParameterSpace<IUpdater> explicit(ParameterSpace<Double> rate) {
        return ChoiceSpace.of(
                SettingsSpace.of(IUpdater.class, new Sgd(0.1)).search("learningRate", rate),
                SettingsSpace.of(IUpdater.class, AdaGradPresets.pyTorch().build())
                        .search("learningRate", new ContinuousParameterSpace(new LogUniformDistribution(0.001, 0.1))),
                SettingsSpace.of(IUpdater.class, StochasticBatch.builder().build())
                        .search("learningRate", rate)
                        .search("alpha", new ContinuousParameterSpace(0.05, 0.5)));
    }

    private static MultiLayerSpace perceptron(
            ImageSet data, int epochs, long seed, ParameterSpace<Integer> width, ParameterSpace<IUpdater> updater) {
        return new MultiLayerSpace.Builder()
                .seed(seed)
                .weightInit(WeightInit.RELU)
                .updater(updater)
                .addLayer(new DenseLayerSpace.Builder()
                        .nOut(width)
                        .activation(Activation.RELU)
                        .build())
                .addLayer(new OutputLayerSpace.Builder()
                        .nOut(data.classes())
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .setInputType(InputType.feedForward(data.shape().size()))
                .numEpochs(epochs)
                .build();
    }
}
