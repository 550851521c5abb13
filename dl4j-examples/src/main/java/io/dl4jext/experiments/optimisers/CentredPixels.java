package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.data.Examples;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;

/** Pixels from 0 to 255 less the mean image of the training examples. */
final class CentredPixels implements DataSetPreProcessor {

    private static final long serialVersionUID = 1L;
    private static final int LARGEST = 255;

    private final INDArray mean;

    CentredPixels(Examples training) {
        int length = training.shape().size();
        double[] sums = new double[length];
        float[] image = new float[length];
        for (int i = 0; i < training.size(); i++) {
            training.copyTo(i, image, 0);
            for (int j = 0; j < length; j++) {
                sums[j] += image[j];
            }
        }
        float[] means = new float[length];
        for (int j = 0; j < length; j++) {
            means[j] = (float) (sums[j] / training.size());
        }
        mean = Nd4j.createFromArray(means).reshape(1, length);
    }

    @Override
    public void preProcess(DataSet batch) {
        INDArray features = batch.getFeatures();
        long[] shape = features.shape();
        INDArray rows = features.reshape(shape[0], mean.length());
        batch.setFeatures(rows.subi(mean).muli(LARGEST).reshape(shape));
    }
}
