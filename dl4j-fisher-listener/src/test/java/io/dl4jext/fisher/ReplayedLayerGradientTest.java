package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layer types that have no rule of their own. */
class ReplayedLayerGradientTest extends PerSampleGradientContract {

    private static final int CLASSES = 3;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.add(vectors(
                "variational auto-encoder",
                list -> list.layer(dense())
                        .layer(new VariationalAutoencoder.Builder()
                                .nOut(3)
                                .encoderLayerSizes(4, 5)
                                .decoderLayerSizes(4)
                                .activation(Activation.TANH)
                                .build())));
        for (Activation activation : List.of(Activation.SOFTMAX, Activation.LEAKYRELU)) {
            cases.add(images(
                            "locally connected " + activation,
                            list -> list.layer(new LocallyConnected2D.Builder()
                                    .kernelSize(2, 2)
                                    .stride(2, 1)
                                    .nOut(2)
                                    .activation(activation)
                                    .build()))
                    .notOnBeta7());
        }
        cases.add(images(
                "capsules",
                list -> list.layer(new PrimaryCapsules.Builder(2, 2)
                                .kernelSize(2, 2)
                                .stride(2, 2)
                                .build())
                        .layer(new CapsuleLayer.Builder(3, 2, 2).build())
                        .layer(new CapsuleStrengthLayer.Builder().build())));
        cases.add(sequences(
                "recurrent attention",
                ReplayedLayerGradientTest::equal,
                list -> list.layer(new RecurrentAttentionLayer.Builder()
                        .nIn(2)
                        .nOut(4)
                        .nHeads(1)
                        .headSize(4)
                        .activation(Activation.TANH)
                        .build())));
        // Half of them in full, the others under the settings that differ most.
        for (int i = 0; i < cases.size(); i += 2) {
            cases.set(i, cases.get(i).briefly());
        }
        return cases;
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case vectors(String name, Consumer<ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.layer(output()).setInputType(InputType.feedForward(4));
                },
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 4), draw.oneHot(setting.batch, CLASSES));
                });
    }

    private static Case images(String name, Consumer<ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.layer(output()).setInputType(InputType.convolutional(5, 4, 2));
                },
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 2, 5, 4), draw.oneHot(setting.batch, CLASSES));
                });
    }

    private static Case sequences(String name, Function<Setting, MultiDataSet> data, Consumer<ListBuilder> layers) {
        return Case.layers(
                name,
                list -> {
                    layers.accept(list);
                    list.layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(CLASSES)
                                    .activation(Activation.SOFTMAX)
                                    .build())
                            .setInputType(InputType.recurrent(2, 5));
                },
                data);
    }

    private static MultiDataSet equal(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, 2, 5), draw.oneHot(setting.batch, CLASSES, 5));
    }
}
