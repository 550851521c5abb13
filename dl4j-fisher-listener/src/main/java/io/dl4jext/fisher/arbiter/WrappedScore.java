package io.dl4jext.fisher.arbiter;

import java.util.List;
import java.util.Properties;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;

/** Another score function but for how it gets at its data. */
abstract class WrappedScore implements ScoreFunction {

    private static final long serialVersionUID = 1L;

    final ScoreFunction score;

    WrappedScore(ScoreFunction score) {
        this.score = score;
    }

    @Override
    public double score(Object model, Class<? extends DataSource> dataSource, Properties dataSourceProperties) {
        return score.score(model, dataSource, dataSourceProperties);
    }

    @Override
    public boolean minimize() {
        return score.minimize();
    }

    @Override
    public List<Class<?>> getSupportedModelTypes() {
        return score.getSupportedModelTypes();
    }

    @Override
    public List<Class<?>> getSupportedDataTypes() {
        return score.getSupportedDataTypes();
    }

    @Override
    public String toString() {
        return score.toString();
    }
}
