package io.dl4jext.batch.internal.accumulation;

import java.util.List;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;

/** One of our updaters. */
interface RuledUpdater {

    UpdateRule rule();

    /** The network's own updater, which this stands before. */
    Updater own();

    /** The very same gradient updaters go on, with whatever they remember outside the state view. */
    static void takeOver(BaseMultiLayerUpdater<?> from, BaseMultiLayerUpdater<?> to) {
        List<UpdaterBlock> old = from.getUpdaterBlocks();
        for (int i = 0; i < old.size(); i++) {
            to.getUpdaterBlocks().get(i).setGradientUpdater(old.get(i).getGradientUpdater());
        }
    }
}
