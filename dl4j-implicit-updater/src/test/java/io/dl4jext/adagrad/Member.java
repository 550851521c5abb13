package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import java.util.List;
import java.util.function.Supplier;

/** A member of the family beside its reference. */
final class Member {

    final RatedUpdater updater;
    final Supplier<Reference> reference;
    private final String name;

    private Member(String name, RatedUpdater updater, Supplier<Reference> reference) {
        this.name = name;
        this.updater = updater;
        this.reference = reference;
    }

    boolean needsNetwork() {
        return updater.beyondGradient() != null;
    }

    AccumulatorScope scope() {
        return updater instanceof AdaGradFamily ? ((AdaGradFamily) updater).getScope() : AccumulatorScope.PARAMETER;
    }

    @Override
    public String toString() {
        return name;
    }

    static List<Member> all() {
        return List.of(
                new Member("Yotkov", AdaGradPresets.yotkov().build(), () -> Reference.inside(0, 1e-8)),
                new Member("PyTorch", AdaGradPresets.pyTorch().build(), () -> Reference.outside(0, 1e-10, 0)),
                new Member(
                        "PyTorch, decay",
                        AdaGradPresets.pyTorch()
                                .learningRate(0.1)
                                .learningRateDecay(0.25)
                                .initialAccumulator(0.5)
                                .build(),
                        () -> Reference.outside(0.5, 1e-10, 0.25)),
                new Member("Keras", AdaGradPresets.keras().build(), () -> Reference.inside(0.1, 1e-7)),
                new Member(
                        "Keras, large epsilon",
                        AdaGradPresets.keras().learningRate(0.5).epsilon(0.3).build(),
                        () -> Reference.inside(0.1, 0.3)),
                new Member("TensorFlow", AdaGradPresets.tensorFlow().build(), () -> Reference.outside(0.1, 1e-7, 0)),
                new Member(
                        "TensorFlow, large epsilon",
                        AdaGradPresets.tensorFlow()
                                .learningRate(0.5)
                                .epsilon(0.3)
                                .build(),
                        () -> Reference.outside(0.1, 0.3, 0)),
                new Member(
                        "optax", AdaGradPresets.optax().learningRate(0.1).build(), () -> Reference.inside(0.1, 1e-7)),
                new Member("DL4J", AdaGradPresets.dl4j().build(), () -> Reference.outside(1e-6, 1e-6, 0)),
                new Member(
                        "AdaGrad-Norm",
                        AdaGradPresets.norm().learningRate(0.1).build(),
                        () -> Reference.norm(0.01, false, 0)),
                new Member(
                        "AdaGrad-Norm, momentum",
                        AdaGradPresets.norm().learningRate(0.1).momentum(0.5).build(),
                        () -> Reference.norm(0.01, false, 0.5)),
                new Member(
                        "AdaGrad-Norm, tensors",
                        AdaGradPresets.normPerTensor()
                                .learningRate(0.1)
                                .initialAccumulator(0.25)
                                .build(),
                        () -> Reference.norm(0.25, true, 0)),
                new Member("windowed", AdaGradPresets.windowed(3).build(), () -> Reference.windowed(3, 0, 1e-8, 0)),
                new Member(
                        "windowed, momentum",
                        AdaGradPresets.windowed(4)
                                .initialAccumulator(0.2)
                                .momentum(0.5)
                                .build(),
                        () -> Reference.windowed(4, 0.2, 1e-8, 0.5)),
                new Member("decayed", AdaGradPresets.decayed(0.9).build(), () -> Reference.decayed(0.9, 1, 1e-8, 0)),
                new Member(
                        "moving average",
                        AdaGradFamily.builder().movingAverage(0.9).epsilon(1e-4).build(),
                        () -> Reference.decayed(0.9, 0.1, 1e-4, 0)),
                new Member(
                        "momentum", AdaGradPresets.withMomentum(0.9).build(), () -> Reference.decayed(1, 1, 1e-8, 0.9)),
                new Member(
                        "proximal",
                        AdaGradPresets.proximal().learningRate(0.1).l1(0.05).build(),
                        () -> Reference.proximal(0.1, 0, 0.05, 0)),
                new Member(
                        "proximal, ridge",
                        AdaGradPresets.proximal()
                                .learningRate(0.1)
                                .l1(0.02)
                                .l2(0.5)
                                .build(),
                        () -> Reference.proximal(0.1, 0, 0.02, 0.5)),
                new Member(
                        "proximal, no penalty",
                        AdaGradPresets.proximal().learningRate(0.1).build(),
                        () -> Reference.proximal(0.1, 0, 0, 0)),
                new Member(
                        "AdaGrad-DA",
                        AdaGradPresets.dualAveraging()
                                .learningRate(0.1)
                                .l1(0.02)
                                .l2(0.1)
                                .build(),
                        () -> Reference.dualAveraging(0.1, 0.02, 0.1)),
                new Member(
                        "AdaGrad-DA, no penalty",
                        AdaGradPresets.dualAveraging().learningRate(0.1).build(),
                        () -> Reference.dualAveraging(0.1, 0, 0)),
                new Member(
                        "AdaGrad-DA from the start",
                        AdaGradPresets.dualAveraging()
                                .learningRate(0.1)
                                .centre(Centre.START)
                                .build(),
                        () -> Reference.dualAveragingFromStart(0.1)),
                new Member("MADGRAD", AdaGradPresets.madGrad().build(), () -> Reference.madGrad(0.9, 1e-6)),
                new Member(
                        "MADGRAD, no momentum",
                        AdaGradPresets.madGrad().momentum(0).epsilon(1e-3).build(),
                        () -> Reference.madGrad(0, 1e-3)));
    }
}
