package io.dl4jext.fisher;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A custom layer whose samples interact: it takes the mean over the mini-batch off its input. */
public final class CoupledLayer extends DenseLayer {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    public CoupledLayer() {}

    CoupledLayer(int outputs) {
        setNOut(outputs);
        setActivationFn(Activation.TANH.getActivationFunction());
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        Coupled layer = new Coupled(conf, type);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    private static final class Coupled extends org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer {

        private static final long serialVersionUID = 1L;

        Coupled(NeuralNetConfiguration conf, DataType type) {
            super(conf, type);
        }

        @Override
        public void setInput(INDArray input, LayerWorkspaceMgr workspaceMgr) {
            super.setInput(input.subRowVector(input.mean(0)), workspaceMgr);
        }
    }
}
