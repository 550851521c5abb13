package io.dl4jext.fisher;

import java.util.Collection;
import java.util.function.ToDoubleBiFunction;
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

/** A custom dense layer, so replayed, whose gradient is scaled by whatever a test says. */
public final class ScaledGradientLayer extends DenseLayer {

    private static final long serialVersionUID = 1L;

    private static ToDoubleBiFunction<org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer, Boolean> factor;

    /** For Jackson. */
    public ScaledGradientLayer() {}

    ScaledGradientLayer(int outputs) {
        setNOut(outputs);
        setActivationFn(Activation.TANH.getActivationFunction());
    }

    /** The factor, of the layer and whether it is a twin made for replay. */
    static void scaleBy(
            ToDoubleBiFunction<org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer, Boolean> function) {
        factor = function;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        Scaled layer = new Scaled(conf, type, !initialize && listeners == null);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    private static final class Scaled extends org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer {

        private static final long serialVersionUID = 1L;

        private final boolean twin;

        Scaled(NeuralNetConfiguration conf, DataType type, boolean twin) {
            super(conf, type);
            this.twin = twin;
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
            Pair<Gradient, INDArray> result = super.backpropGradient(epsilon, workspaces);
            getGradientsViewArray().muli(factor.applyAsDouble(this, twin));
            return result;
        }
    }
}
