package io.dl4jext.users;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Several workers: DL4J's, and the slow and obvious way in one thread. */
final class Workers {

    private Workers() {}

    /**
     * ParallelWrapper. Its second worker copies the network while the first may be training it already, so that its
     * result is one of several, and with shared gradients both may wait for ever; here no batch comes before all have
     * their copies.
     */
    static ParallelWrapper.Builder<Model> wrapper(Model network, int workers) {
        return new ParallelWrapper.Builder<>(network).workers(workers).prefetchBuffer(0);
    }

    static void fit(
            ParallelWrapper.Builder<Model> builder,
            int workers,
            DataSetIterator batches,
            List<TrainingListener> listeners)
            throws Exception {
        Ready ready = new Ready(new CountDownLatch(workers));
        List<TrainingListener> all = new ArrayList<>(listeners);
        all.add(ready);
        try (ParallelWrapper wrapper = builder.build()) {
            wrapper.setListeners(all);
            wrapper.fit(new ExistingDataSetIterator(ready.before(batches)));
        }
    }

    /** Networks that train in turns and are averaged after every n-th round: parameters and states. */
    static Model inTurns(Model network, DataSetIterator batches, int n, List<List<TrainingListener>> listeners) {
        List<Model> workers = new ArrayList<>();
        for (List<TrainingListener> ofWorker : listeners) {
            Model worker = workers.isEmpty() ? network : copy(network);
            worker.setListeners(ofWorker);
            workers.add(worker);
        }
        for (int round = 1; batches.hasNext(); round++) {
            List<DataSet> drawn = new ArrayList<>();
            while (drawn.size() < workers.size() && batches.hasNext()) {
                drawn.add(batches.next());
            }
            List<INDArray> parameters = new ArrayList<>();
            List<INDArray> states = new ArrayList<>();
            for (int worker = 0; worker < drawn.size(); worker++) {
                Model model = workers.get(worker);
                fit(model, drawn.get(worker));
                parameters.add(model.params());
                if (state(model) != null) {
                    states.add(state(model));
                }
            }
            if (round % n == 0) {
                Nd4j.averageAndPropagate(null, parameters);
                if (!states.isEmpty()) {
                    Nd4j.averageAndPropagate(null, states);
                }
            }
        }
        return network;
    }

    private static void fit(Model model, DataSet batch) {
        if (model instanceof ComputationGraph) {
            ((ComputationGraph) model).fit(batch);
        } else {
            ((MultiLayerNetwork) model).fit(batch);
        }
    }

    static INDArray state(Model model) {
        return model instanceof ComputationGraph
                ? ((ComputationGraph) model).getUpdater().getStateViewArray()
                : ((MultiLayerNetwork) model).getUpdater().getStateViewArray();
    }

    /** As a worker makes it. */
    private static Model copy(Model network) {
        Model copy = network instanceof ComputationGraph
                ? new ComputationGraph(ComputationGraphConfiguration.fromJson(
                        ((ComputationGraph) network).getConfiguration().toJson()))
                : new MultiLayerNetwork(MultiLayerConfiguration.fromJson(((MultiLayerNetwork) network)
                        .getLayerWiseConfigurations()
                        .toJson()));
        copy.init();
        copy.setParams(network.params().dup());
        INDArray state = state(network);
        if (state != null) {
            state(copy).assign(state);
        }
        return copy;
    }

    /** ParallelWrapper copies it for each worker, once that has its network. */
    private static final class Ready extends BaseTrainingListener implements RoutingIterationListener {

        private static final long serialVersionUID = 1L;

        private final transient CountDownLatch copies;

        Ready(CountDownLatch copies) {
            this.copies = copies;
        }

        /** The same, once all have their copies. */
        <T> Iterator<T> before(Iterator<T> batches) {
            return new Iterator<>() {

                @Override
                public boolean hasNext() {
                    try {
                        copies.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return batches.hasNext();
                }

                @Override
                public T next() {
                    return batches.next();
                }
            };
        }

        @Override
        public RoutingIterationListener clone() {
            copies.countDown();
            return new Ready(copies);
        }

        @Override
        public void setStorageRouter(StatsStorageRouter router) {}

        @Override
        public StatsStorageRouter getStorageRouter() {
            return null;
        }

        @Override
        public void setWorkerID(String workerID) {}

        @Override
        public String getWorkerID() {
            return null;
        }

        @Override
        public void setSessionID(String sessionID) {}

        @Override
        public String getSessionID() {
            return null;
        }
    }
}
