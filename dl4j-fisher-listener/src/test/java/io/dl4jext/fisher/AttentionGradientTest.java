package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Attention: with queries of its own, learned ones, and as a vertex. */
class AttentionGradientTest extends PerSampleGradientContract {

    private static final int CLASSES = 3;
    private static final int INPUTS = 3;
    private static final int STEPS = 5;

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean masked : new boolean[] {false, true}) {
            cases.add(series("self-attention", self(1, 4), masked));
            cases.add(series("self-attention, heads", self(2, 3), masked));
            for (int queries : new int[] {1, 2}) {
                cases.add(learned(learned(1, 4, queries, true), masked));
                cases.add(learned(learned(2, 3, queries, true), masked));
                cases.add(learned(learned(1, INPUTS, queries, false), masked));
            }
        }
        return cases;
    }

    private static SelfAttentionLayer self(int heads, int headSize) {
        return new SelfAttentionLayer.Builder()
                .nIn(INPUTS)
                .nOut(4)
                .nHeads(heads)
                .headSize(headSize)
                .projectInput(true)
                .build();
    }

    private static LearnedSelfAttentionLayer learned(int heads, int headSize, int queries, boolean projected) {
        return new LearnedSelfAttentionLayer.Builder()
                .name(heads + " heads, " + queries + " queries" + (projected ? "" : ", not projected"))
                .nIn(INPUTS)
                .nOut(projected ? 4 : INPUTS)
                .nHeads(heads)
                .headSize(headSize)
                .nQueries(queries)
                .projectInput(projected)
                .build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Case series(String name, Layer layer, boolean masked) {
        return Case.layers(
                name + (masked ? ", masks" : ""),
                list -> list.layer(layer)
                        .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build())
                        .setInputType(InputType.recurrent(INPUTS, STEPS)),
                setting -> data(setting, masked, true));
    }

    private static Case learned(LearnedSelfAttentionLayer layer, boolean masked) {
        return Case.layers(
                        "learned self-attention, " + layer.getLayerName() + (masked ? ", masks" : ""),
                        list -> list.layer(layer)
                                .layer(new GlobalPoolingLayer(PoolingType.MAX))
                                .layer(output())
                                .setInputType(InputType.recurrent(INPUTS, STEPS)),
                        setting -> data(setting, masked, false))
                // Its forward pass fails in 1.0.0-M2.1 (scatter_update).
                .only(setting -> Dl4jVersion.isBeta7());
    }

    private static MultiDataSet data(Setting setting, boolean masked, boolean series) {
        Draw draw = setting.draw();
        int batch = setting.batch;
        return Draw.data(
                draw.normal(batch, INPUTS, STEPS),
                series ? draw.oneHot(batch, CLASSES, STEPS) : draw.oneHot(batch, CLASSES),
                masked ? draw.leadingMask(batch, STEPS) : null,
                masked && series ? draw.leadingMask(batch, STEPS) : null);
    }
}
