package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Graphs that are not stacks: shared inputs, several inputs and outputs, shared weights. */
class GraphGradientTest extends PerSampleGradientContract {

    private static final int INPUTS = 4;
    private static final int CLASSES = 3;

    @Override
    List<Setting> settings() {
        List<Setting> graphs = new ArrayList<>();
        for (Setting setting : Setting.grid().subList(0, 4)) {
            graphs.add(new Setting(setting.type, setting.batch, setting.workspaces, true, setting.seed));
        }
        return graphs;
    }

    @Override
    List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.add(Case.graph(
                "residual addition, merge, subset",
                graph -> graph.addInputs("in")
                        .addLayer("a", dense(5), "in")
                        .addLayer("b", dense(5), "a")
                        .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                        .addLayer("c", dense(5), "add")
                        .addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "c", "add")
                        .addVertex("merge", new MergeVertex(), "product", "in")
                        .addVertex("subset", new SubsetVertex(1, 6), "merge")
                        .addVertex("scale", new ScaleVertex(2.5), "subset")
                        .addVertex("l2", new L2NormalizeVertex(), "scale")
                        .addLayer("out", softmax(), "l2")
                        .setInputTypes(InputType.feedForward(INPUTS))
                        .setOutputs("out"),
                GraphGradientTest::one));
        cases.add(Case.graph(
                "residual convolutions",
                graph -> graph.addInputs("in")
                        .addLayer("a", convolution(3, 3), "in")
                        .addLayer("b", convolution(3, 3), "a")
                        .addLayer("short", convolution(1, 1), "in")
                        .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "b", "short")
                        .addLayer("c", convolution(2, 3), "add")
                        .addVertex("merge", new MergeVertex(), "c", "add")
                        .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "merge")
                        .addLayer("out", softmax(), "pool")
                        .setInputTypes(InputType.convolutional(5, 4, 2))
                        .setOutputs("out"),
                setting -> {
                    Draw draw = setting.draw();
                    return Draw.data(draw.normal(setting.batch, 2, 5, 4), draw.oneHot(setting.batch, CLASSES));
                }));
        cases.add(Case.graph(
                "two inputs, two outputs",
                graph -> graph.addInputs("x", "y")
                        .addLayer("a", dense(5), "x")
                        .addLayer("b", dense(5), "y")
                        .addVertex("merge", new MergeVertex(), "a", "b")
                        .addLayer("c", dense(6), "merge")
                        .addLayer("class", softmax(), "c")
                        .addLayer("number", identity(2), "c", "a")
                        .setInputTypes(InputType.feedForward(INPUTS), InputType.feedForward(2))
                        .setOutputs("class", "number"),
                setting -> {
                    Draw draw = setting.draw();
                    int batch = setting.batch;
                    return new MultiDataSet(
                            new INDArray[] {draw.normal(batch, INPUTS), draw.normal(batch, 2)},
                            new INDArray[] {draw.oneHot(batch, CLASSES), draw.normal(batch, 2)});
                }));
        cases.add(Case.graph(
                "shared weights by stacking",
                graph -> graph.addInputs("x", "y")
                        .addVertex("stack", new StackVertex(), "x", "y")
                        .addLayer("shared", dense(5), "stack")
                        .addLayer("shared2", dense(4), "shared")
                        .addVertex("first", new UnstackVertex(0, 2), "shared2")
                        .addVertex("second", new UnstackVertex(1, 2), "shared2")
                        .addVertex(
                                "difference", new ElementWiseVertex(ElementWiseVertex.Op.Subtract), "first", "second")
                        .addLayer("out", softmax(), "difference")
                        .setInputTypes(InputType.feedForward(INPUTS), InputType.feedForward(INPUTS))
                        .setOutputs("out"),
                setting -> {
                    Draw draw = setting.draw();
                    int batch = setting.batch;
                    return new MultiDataSet(
                            new INDArray[] {draw.normal(batch, INPUTS), draw.normal(batch, INPUTS)},
                            new INDArray[] {draw.oneHot(batch, CLASSES)});
                }));
        cases.add(Case.graph(
                "shared convolution by stacking",
                graph -> graph.addInputs("x", "y")
                        .addVertex("stack", new StackVertex(), "x", "y")
                        .addLayer("shared", convolution(3, 2), "stack")
                        .addLayer(
                                "narrow",
                                new ConvolutionLayer.Builder(2, 2)
                                        .stride(2, 2)
                                        .nOut(12)
                                        .activation(Activation.TANH)
                                        .build(),
                                "shared")
                        .addVertex("first", new UnstackVertex(0, 2), "narrow")
                        .addVertex("second", new UnstackVertex(1, 2), "narrow")
                        .addVertex("merge", new MergeVertex(), "first", "second")
                        .addLayer("out", softmax(), "merge")
                        .setInputTypes(InputType.convolutional(4, 4, 2), InputType.convolutional(4, 4, 2))
                        .setOutputs("out"),
                setting -> {
                    Draw draw = setting.draw();
                    int batch = setting.batch;
                    return new MultiDataSet(
                            new INDArray[] {draw.normal(batch, 2, 4, 4), draw.normal(batch, 2, 4, 4)},
                            new INDArray[] {draw.oneHot(batch, CLASSES)});
                }));
        cases.add(Case.graph(
                "encoder and decoder",
                graph -> graph.addInputs("in")
                        .addLayer("encoder", lstm(), "in")
                        .addVertex("last", new LastTimeStepVertex("in"), "encoder")
                        .addVertex("repeat", new DuplicateToTimeSeriesVertex("in"), "last")
                        .addVertex("merge", new MergeVertex(), "repeat", "in")
                        .addLayer("decoder", lstm(), "merge")
                        .addLayer(
                                "out",
                                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                        .nOut(CLASSES)
                                        .activation(Activation.SOFTMAX)
                                        .build(),
                                "decoder")
                        .setInputTypes(InputType.recurrent(INPUTS))
                        .setOutputs("out"),
                setting -> {
                    Draw draw = setting.draw();
                    int batch = setting.batch;
                    return Draw.data(
                            draw.normal(batch, INPUTS, 4),
                            draw.oneHot(batch, CLASSES, 4),
                            draw.leadingMask(batch, 4),
                            draw.leadingMask(batch, 4));
                }));
        cases.add(Case.graph(
                "frozen layer below and beside",
                graph -> graph.addInputs("in")
                        .addLayer("a", new FrozenLayer(dense(5)), "in")
                        .addLayer("b", dense(5), "a")
                        .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                        .addLayer("out", softmax(), "add")
                        .setInputTypes(InputType.feedForward(INPUTS))
                        .setOutputs("out"),
                GraphGradientTest::one));
        for (boolean masked : new boolean[] {false, true}) {
            cases.add(Case.graph(
                    "attention" + (masked ? ", masks" : ""),
                    graph -> graph.addInputs("in")
                            .addLayer("a", lstm(3), "in")
                            .addLayer("b", lstm(2), "in")
                            .addVertex(
                                    "attention",
                                    new AttentionVertex.Builder()
                                            .nInQueries(2)
                                            .nInKeys(3)
                                            .nInValues(3)
                                            .nOut(4)
                                            .nHeads(2)
                                            .headSize(2)
                                            .projectInput(true)
                                            .build(),
                                    "b",
                                    "a",
                                    "a")
                            .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "attention")
                            .addLayer("out", softmax(), "pool")
                            .setInputTypes(InputType.recurrent(INPUTS, 5))
                            .setOutputs("out"),
                    setting -> {
                        Draw draw = setting.draw();
                        return Draw.data(
                                draw.normal(setting.batch, INPUTS, 5),
                                draw.oneHot(setting.batch, CLASSES),
                                masked ? draw.leadingMask(setting.batch, 5) : null,
                                null);
                    }));
        }
        return cases;
    }

    private static LSTM lstm(int units) {
        return new LSTM.Builder().nOut(units).activation(Activation.TANH).build();
    }

    private static DenseLayer dense(int outputs) {
        return new DenseLayer.Builder()
                .nOut(outputs)
                .activation(Activation.TANH)
                .build();
    }

    private static ConvolutionLayer convolution(int height, int width) {
        return new ConvolutionLayer.Builder(height, width)
                .nOut(3)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.TANH)
                .build();
    }

    private static LSTM lstm() {
        return new LSTM.Builder().nOut(3).activation(Activation.TANH).build();
    }

    private static OutputLayer softmax() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static OutputLayer identity(int outputs) {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nOut(outputs)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static MultiDataSet one(Setting setting) {
        Draw draw = setting.draw();
        return Draw.data(draw.normal(setting.batch, INPUTS), draw.oneHot(setting.batch, CLASSES));
    }
}
