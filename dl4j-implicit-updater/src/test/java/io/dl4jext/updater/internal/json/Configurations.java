package io.dl4jext.updater.internal.json;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.adagrad.AccumulatorScope;
import io.dl4jext.adagrad.AdaGradFamily;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.adagrad.DualAveraging;
import io.dl4jext.adagrad.MadGrad;
import io.dl4jext.dropout.DepthDropout;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.implicit.BatchMode;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.ImplicitRidge;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.ImplicitSimpleRnn;
import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.implicit.activation.ActivationSmoothStep;
import io.dl4jext.schedule.BatchMomentumSchedule;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.schedule.MultiStepSchedule;
import io.dl4jext.schedule.SigmoidAnnealingSchedule;
import io.dl4jext.schedule.WarmUpSchedule;
import java.util.List;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** One or more of every class of this module that a network's configuration may hold. */
final class Configurations {

    private Configurations() {}

    static final ISchedule LINEAR = new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 0.01, 10);
    static final ISchedule WARM_UP = new WarmUpSchedule(
            ScheduleType.ITERATION, 5, 0.1, new MultiStepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 50, 75));

    static final List<Object> ALL = List.of(
            LINEAR,
            WARM_UP,
            new MultiStepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 0, 3),
            new WarmUpSchedule(ScheduleType.EPOCH, 3, 0, new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 10)),
            new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 0.001, 100, 7),
            new BatchMomentumSchedule(LINEAR),
            new ImplicitRidge(0.25),
            new DepthDropout(2, 3, 0.5),
            new ActivationArcTan(),
            new ActivationSmoothStep(),
            AcceleratedSgd.builder().learningRate(0.1).longStep(100).build(),
            DualAveraging.builder().learningRate(0.1).l1(0.01).l2(0.02).build(),
            MadGrad.builder().momentum(0.8).build(),
            MadGrad.builder().learningRateSchedule(WARM_UP).build(),
            EntropySgd.builder()
                    .learningRate(0.5)
                    .scopeGrowth(0.001)
                    .seed(1L << 60)
                    .build(),
            AdaGradPresets.windowed(4).initialAccumulator(0.2).momentum(0.5).build(),
            AdaGradFamily.builder()
                    .decayedSum(0.9)
                    .scope(AccumulatorScope.TENSOR)
                    .learningRateSchedule(LINEAR)
                    .build(),
            AdaGradPresets.tensorFlow().l1(0.1).build(),
            ImplicitSgd.builder()
                    .learningRate(0.5)
                    .mu(0.1)
                    .batchMode(BatchMode.BATCH_SCALED)
                    .build(),
            ImplicitSgd.builder().rule(new Adam(0.01)).explicitElsewhere(true).build(),
            ImplicitSgd.builder().learningRateSchedule(WARM_UP).build(),
            new ImplicitDenseLayer.Builder()
                    .nIn(3)
                    .nOut(2)
                    .activation(Activation.TANH)
                    .updater(ImplicitSgd.builder().mu(0.5).build())
                    .dropOut(0.5)
                    .build(),
            new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                    .layerActivation(new ActivationArcTan())
                    .nIn(3)
                    .nOut(2)
                    .build(),
            new ImplicitSimpleRnn.Builder()
                    .nIn(3)
                    .nOut(2)
                    .updater(new ImplicitSgd(0.5))
                    .build());

    /** As what DL4J reads them. */
    static final List<Class<?>> KINDS = List.of(
            ISchedule.class, IUpdater.class, IDropout.class, IActivation.class, Regularization.class, Layer.class);

    static Class<?> kind(Object configuration) {
        return KINDS.stream()
                .filter(kind -> kind.isInstance(configuration))
                .findFirst()
                .orElseThrow();
    }
}
