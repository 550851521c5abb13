package io.dl4jext.fisher;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer of a library of its own, which nobody has a rule for, though it does what SimpleRnn does. */
final class ForeignRnn extends SimpleRnn {

    private static final long serialVersionUID = 1L;

    ForeignRnn(int inputs, int units) {
        super(new SimpleRnn.Builder().nIn(inputs).nOut(units).activation(Activation.TANH));
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        Foreign layer = new Foreign(conf, type);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    private static final class Foreign extends org.deeplearning4j.nn.layers.recurrent.SimpleRnn {

        private static final long serialVersionUID = 1L;

        Foreign(NeuralNetConfiguration conf, DataType type) {
            super(conf, type);
        }
    }
}
