package io.dl4jext.fisher;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A custom dense layer, so replayed, that throws where and when a test says so. */
public final class FailingLayer extends DenseLayer {

    /** What is told to throw. */
    enum Where {
        TWIN_INSTANTIATED,
        BACKWARD_OF_TWIN,
        BACKWARD_OF_LAYER
    }

    private static final long serialVersionUID = 1L;

    private static Where failingAt;
    private static int callsLeft;
    private static boolean always;
    private static RuntimeException failure;

    /** For Jackson. */
    public FailingLayer() {}

    FailingLayer(int outputs) {
        setNOut(outputs);
        setActivationFn(Activation.TANH.getActivationFunction());
    }

    /** Throws at the n-th such call from now; null: never. */
    static void failAt(Where where, int call) {
        failAt(where, call, new IllegalStateException("injected"));
    }

    /** As {@link #failAt(Where, int)}, with an exception of the test's own. */
    static void failAt(Where where, int call, RuntimeException thrown) {
        failingAt = where;
        callsLeft = call;
        always = false;
        failure = thrown;
    }

    /** Throws at every such call from now on. */
    static void failAlwaysAt(Where where, RuntimeException thrown) {
        failAt(where, 1, thrown);
        always = true;
    }

    private static void called(Where where) {
        if (where == failingAt && --callsLeft == 0) {
            callsLeft = always ? 1 : 0;
            throw failure;
        }
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        boolean twin = !initialize && listeners == null;
        if (twin) {
            called(Where.TWIN_INSTANTIATED);
        }
        Failing layer = new Failing(conf, type, twin);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    private static final class Failing extends org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer {

        private static final long serialVersionUID = 1L;

        private final boolean twin;

        Failing(NeuralNetConfiguration conf, DataType type, boolean twin) {
            super(conf, type);
            this.twin = twin;
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
            called(twin ? Where.BACKWARD_OF_TWIN : Where.BACKWARD_OF_LAYER);
            return super.backpropGradient(epsilon, workspaces);
        }
    }
}
