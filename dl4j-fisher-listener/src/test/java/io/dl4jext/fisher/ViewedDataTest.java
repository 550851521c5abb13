package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Mini-batches that are views of larger arrays: rows from the middle, permuted axes, every second column. (ND4J
 * 1.0.0-M2.1 takes empty parts of some such views.)
 */
class ViewedDataTest extends PerSampleGradientContract {

    private static final int CLASSES = 3;

    @Override
    List<Setting> settings() {
        return Setting.grid().subList(0, 4);
    }

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        Consumer<ListBuilder> dense = list -> list.layer(new DenseLayer.Builder()
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(output())
                .setInputType(InputType.feedForward(6));
        Consumer<ListBuilder> convolution = list -> list.layer(new ConvolutionLayer.Builder(2, 3)
                        .stride(1, 2)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(output())
                .setInputType(InputType.convolutional(4, 5, 2));
        Consumer<ListBuilder> norm = list ->
                list.layer(new BatchNormalization()).layer(output()).setInputType(InputType.convolutional(4, 5, 2));
        Consumer<ListBuilder> recurrent = list -> list.layer(
                        new LSTM.Builder().nOut(3).activation(Activation.TANH).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(2));
        for (int before : new int[] {1, 3, 8}) {
            cases.add(Case.layers("dense, rows from " + before, dense, s -> labelled(s, rows(s, before, 6))));
            cases.add(Case.layers(
                    "convolution, rows from " + before, convolution, s -> labelled(s, rows(s, before, 2, 4, 5))));
            cases.add(Case.layers("norm, rows from " + before, norm, s -> labelled(s, rows(s, before, 2, 4, 5)))
                    .inseparable());
            cases.add(Case.layers("LSTM, rows from " + before, recurrent, s -> sequences(s, rows(s, before, 2, 4))));
        }
        cases.add(Case.layers(
                "dense, transposed",
                dense,
                s -> labelled(s, s.draw().normal(6, s.batch).transpose())));
        cases.add(Case.layers(
                "dense, every second column",
                dense,
                s -> labelled(
                        s, s.draw().normal(s.batch, 12).get(NDArrayIndex.all(), NDArrayIndex.interval(1, 2, 12)))));
        cases.add(Case.layers(
                "convolution, permuted",
                convolution,
                s -> labelled(s, s.draw().normal(s.batch, 4, 5, 2).permute(0, 3, 1, 2))));
        cases.add(Case.layers(
                        "norm, permuted",
                        norm,
                        s -> labelled(s, s.draw().normal(s.batch, 4, 5, 2).permute(0, 3, 1, 2)))
                .inseparable());
        cases.add(Case.layers(
                "convolution, cropped",
                convolution,
                s -> labelled(
                        s,
                        s.draw()
                                .normal(s.batch, 2, 6, 7)
                                .get(
                                        NDArrayIndex.all(),
                                        NDArrayIndex.all(),
                                        NDArrayIndex.interval(1, 5),
                                        NDArrayIndex.interval(2, 7)))));
        cases.add(Case.layers(
                "LSTM, piece of a sequence",
                recurrent,
                s -> sequences(
                        s,
                        s.draw()
                                .normal(s.batch, 2, 9)
                                .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(5, 9)))));
        return cases;
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static INDArray rows(Setting setting, int before, long... shape) {
        long[] all = new long[shape.length + 1];
        System.arraycopy(shape, 0, all, 1, shape.length);
        all[0] = before + setting.batch + 2;
        return setting.draw().normal(all).get(NDArrayIndex.interval(before, before + setting.batch));
    }

    private static MultiDataSet labelled(Setting setting, INDArray features) {
        return Draw.data(features, setting.draw().oneHot(setting.batch, CLASSES));
    }

    private static MultiDataSet sequences(Setting setting, INDArray features) {
        return Draw.data(features, setting.draw().oneHot(setting.batch, CLASSES, 4));
    }
}
