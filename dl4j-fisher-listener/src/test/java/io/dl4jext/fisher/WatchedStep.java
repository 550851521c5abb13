package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;

/** A training call with a listener that keeps F̃, beside DL4J's own gradient sum of each backward pass. */
final class WatchedStep {

    final List<FisherMeasurement> measurements;
    final List<INDArray> gradients = new ArrayList<>();

    private WatchedStep(Model model, MultiDataSet data) {
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .keepGramMatrix(true)
                .layerTraces(true)
                .topAlignment(true)
                .failFast(true)
                .build();
        BaseTrainingListener raw = new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model passed) {
                gradients.add(passed.getGradientsViewArray().dup());
            }
        };
        setListeners(model, fisher, raw);
        fit(model, data);
        setListeners(model);
        measurements = fisher.history().measurements();
    }

    static WatchedStep of(Model model, MultiDataSet data) {
        return new WatchedStep(model, data);
    }

    private static void setListeners(Model model, BaseTrainingListener... listeners) {
        model.setListeners(listeners);
    }

    static void fit(Model model, MultiDataSet data) {
        if (model instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) model)
                    .fit(new DataSet(
                            data.getFeatures(0),
                            data.getLabels(0),
                            data.getFeaturesMaskArrays() == null ? null : data.getFeaturesMaskArray(0),
                            data.getLabelsMaskArrays() == null ? null : data.getLabelsMaskArray(0)));
        } else {
            ((ComputationGraph) model).fit(data);
        }
    }
}
