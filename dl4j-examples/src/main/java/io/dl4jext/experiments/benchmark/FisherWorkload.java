package io.dl4jext.experiments.benchmark;

import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.CharLstm;
import io.dl4jext.experiments.network.ImageWorkload;
import io.dl4jext.experiments.network.WordEmbedding;
import io.dl4jext.experiments.network.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The networks on which the Fisher listener is timed, of images and of text. */
enum FisherWorkload {
    MLP(ImageWorkload.of(Architecture.MLP), 1.40),
    LENET(ImageWorkload.of(Architecture.LENET), 1.60),
    RESNET8(ImageWorkload.of(Architecture.RESNET8), 1.80),
    CHAR_LSTM(CharLstm.usual(), 2.00),
    EMBEDDING(WordEmbedding.usual(), 1.50),
    MLP300(ImageWorkload.of(Architecture.MLP300), Double.NaN),
    VGG(ImageWorkload.of(Architecture.VGG), Double.NaN);

    private final Workload usual;
    private final double bar;

    FisherWorkload(Workload usual, double bar) {
        this.usual = usual;
        this.bar = bar;
    }

    /** Those for which something is promised. */
    static List<FisherWorkload> withBars() {
        return Arrays.stream(values())
                .filter(workload -> !Double.isNaN(workload.bar))
                .collect(Collectors.toList());
    }

    /** Of the usual batch size. */
    Workload usual() {
        return usual;
    }

    /**
     * The most that the project allows itself as the ratio to the plain step, with the usual batch size, in DL4J's fast
     * setting, on 2 processors; NaN where it has said nothing.
     */
    double bar() {
        return bar;
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
