package io.dl4jext.batch;

import io.dl4jext.batch.internal.Network;
import java.util.Arrays;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** What a batch is known again by, in the data and in the network that trains on it: its first and its last example. */
final class Imprint {

    private Imprint() {}

    /** Of a data set; null if it is something else. */
    static Integer ofBatch(Object batch) {
        if (batch instanceof DataSet) {
            return of(((DataSet) batch).getFeatures());
        }
        return batch instanceof MultiDataSet ? of(((MultiDataSet) batch).getFeatures()) : null;
    }

    /** Of what the network trains on in the pass that goes on; null where that is none, or a part of a series. */
    static Integer ofPass(Model model) {
        Network network = Network.of(model);
        return network.backpropType() == BackpropType.TruncatedBPTT ? null : of(network.inputs());
    }

    /** Of all inputs; null where one cannot be read. */
    static Integer of(INDArray... inputs) {
        if (inputs == null) {
            return null;
        }
        int all = 0;
        for (INDArray input : inputs) {
            Integer one = ofInput(input);
            if (one == null) {
                return null;
            }
            all = 31 * all + one;
        }
        return all;
    }

    /** Nothing hangs on it but a line in the log, or a refusal: what cannot be read has none. */
    private static Integer ofInput(INDArray features) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return features == null
                    ? null
                    : (Integer) (31 * (31 * ofExample(features, 0) + ofExample(features, features.size(0) - 1))
                            + Arrays.hashCode(features.shape()));
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static int ofExample(INDArray features, long index) {
        return Arrays.hashCode(
                Rows.view(features, index, index + 1).dup('c').data().asFloat());
    }
}
