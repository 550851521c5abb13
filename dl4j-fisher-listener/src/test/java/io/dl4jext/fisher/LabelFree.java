package io.dl4jext.fisher;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** An output layer that is trained without labels: its loss is the mean square of its outputs. */
public final class LabelFree extends OutputLayer {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    public LabelFree() {}

    LabelFree(int outputs) {
        setNOut(outputs);
        setActivationFn(Activation.TANH.getActivationFunction());
        setLossFn(new LossMSE());
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        Runtime layer = new Runtime(conf, type);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    private static final class Runtime extends org.deeplearning4j.nn.layers.OutputLayer {

        private static final long serialVersionUID = 1L;

        Runtime(NeuralNetConfiguration conf, DataType type) {
            super(conf, type);
        }

        @Override
        public boolean needsLabels() {
            return false;
        }

        @Override
        public INDArray getLabels() {
            return null;
        }

        @Override
        public double computeScore(double regularization, boolean training, LayerWorkspaceMgr workspaces) {
            // Asked for only to see that there are some.
            labels = Nd4j.scalar(0.0);
            return super.computeScore(regularization, training, workspaces);
        }

        @Override
        protected INDArray getLabels2d(LayerWorkspaceMgr workspaces, ArrayType type) {
            return Nd4j.zeros(input.dataType(), input.size(0), getParam("b").length());
        }
    }
}
