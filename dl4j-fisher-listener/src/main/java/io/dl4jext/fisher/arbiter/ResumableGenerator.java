package io.dl4jext.fisher.arbiter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.CandidateGenerator;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.runner.CandidateStatus;
import org.deeplearning4j.arbiter.optimize.serde.jackson.JsonMapper;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another generator's candidates, written to a {@link SearchLog} as they come and go: the same search begun anew with
 * the same file goes on where it was broken off. Candidates that are done are not run again, and a genetic search is
 * told their scores; those that were being trained come first, under their old numbers; then the generator's next.
 *
 * <pre>{@code
 * CandidateGenerator candidates = ResumableGenerator.of(new RandomSearchGenerator(space), Paths.get("search.jsonl"), 100);
 * new OptimizationConfiguration.Builder()
 *         .candidateGenerator(candidates)
 *         .rngSeed(1)
 *         .terminationConditions(new AllCandidatesDone())
 * }</pre>
 *
 * <p>With a seed a random search that was broken off tries the same candidates as one that was not. One search at a
 * time may use a file. Works with every generator of Arbiter; as JSON it is that generator, the file and the number.
 * For a genetic search take {@link GeneticGenerator}, which heeds the seed and can be JSON.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NONE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE,
        setterVisibility = Visibility.NONE)
public final class ResumableGenerator implements CandidateGenerator {

    private static final Logger logger = LoggerFactory.getLogger(ResumableGenerator.class);

    private final CandidateGenerator generator;
    private final String file;
    private final int candidates;
    private SearchLog log;
    private final Deque<SearchLog.Entry> unfinished = new ArrayDeque<>();
    private Candidate<?> next;

    @JsonCreator
    private ResumableGenerator(
            @JsonProperty(value = "generator", required = true) CandidateGenerator generator,
            @JsonProperty(value = "log", required = true) String file,
            @JsonProperty(value = "candidates", required = true) int candidates) {
        if (generator == null || file == null) {
            throw new IllegalArgumentException("Expected a generator and a file, got " + generator + " and " + file);
        }
        if (candidates <= 0) {
            throw new IllegalArgumentException("Expected candidates > 0, got " + candidates);
        }
        this.generator = generator;
        this.file = file;
        this.candidates = candidates;
    }

    /**
     * Begins a search, or goes on with one. The file is read when the first candidate is asked for.
     *
     * @param generator where candidates come from
     * @param log where they are written to; need not exist
     * @param candidates how many there are to be in all, those of earlier runs included; a grid may end before
     */
    public static ResumableGenerator of(CandidateGenerator generator, Path log, int candidates) {
        return new ResumableGenerator(generator, log == null ? null : log.toString(), candidates);
    }

    /** Reads what earlier runs left, once. */
    private void open() {
        if (log != null) {
            return;
        }
        try {
            log = SearchLog.read(Paths.get(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int expected = generator.getParameterSpace().numParameters();
        String space = fingerprint();
        if (!log.space().isEmpty() && !log.space().equals(space)) {
            throw new IllegalStateException("The log " + file + " is of a search over another space");
        }
        log.of(space);
        int completed = 0;
        for (SearchLog.Entry entry : log.candidates()) {
            if (entry.parameters().length != expected) {
                throw new IllegalStateException("The log " + file + " is of a search over " + entry.parameters().length
                        + " parameters, this one has " + expected);
            }
            if (entry.isComplete()) {
                completed++;
                generator.reportResults(new OptimizationResult(
                        new Candidate<>((Object) null, entry.candidate(), entry.parameters()),
                        entry.score(),
                        entry.candidate(),
                        null,
                        null,
                        null));
            }
        }
        unfinished.addAll(log.unfinished());
        if (!log.candidates().isEmpty()) {
            logger.info("{}: {} candidates are done, {} were broken off", file, completed, unfinished.size());
        }
    }

    /** Tells spaces apart; empty where the space cannot be JSON. */
    private String fingerprint() {
        try {
            byte[] json = JsonMapper.getMapper().writeValueAsBytes(generator.getParameterSpace());
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
            return String.format("%016x", ByteBuffer.wrap(digest).getLong());
        } catch (JsonProcessingException | NoSuchAlgorithmException e) {
            return "";
        }
    }

    @Override
    public synchronized boolean hasMoreCandidates() {
        open();
        if (!unfinished.isEmpty()) {
            return true;
        }
        if (log.candidates().size() >= candidates) {
            return false;
        }
        if (generator.getParameterSpace().numParameters() == 0
                && !log.candidates().isEmpty()) {
            return false; // one point only
        }
        while (next == null && generator.hasMoreCandidates()) {
            Candidate<?> drawn = generator.getCandidate();
            if (drawn.getFlatParameters() == null || !log.has(drawn.getFlatParameters())) {
                next = drawn;
            }
        }
        return next != null;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public synchronized Candidate getCandidate() {
        if (!hasMoreCandidates()) {
            throw new IllegalStateException("Expected to be asked while there are more candidates");
        }
        if (!unfinished.isEmpty()) {
            return again(unfinished.remove());
        }
        Candidate<?> drawn = next;
        next = null;
        int index = log.next();
        if (drawn.getFlatParameters() != null) {
            log.begin(index, drawn.getFlatParameters());
            if (drawn.getException() != null) {
                log.end(index, CandidateStatus.Failed.name(), Double.NaN);
            }
        }
        return new Candidate<>(
                drawn.getException() == null ? drawn.getValue() : null,
                index,
                drawn.getFlatParameters(),
                drawn.getDataParameters(),
                drawn.getException());
    }

    private Candidate<?> again(SearchLog.Entry entry) {
        double[] parameters = entry.parameters();
        try {
            Object value = generator.getParameterSpace().getValue(parameters);
            return new Candidate<>(value, entry.candidate(), parameters);
        } catch (RuntimeException e) {
            log.end(entry.candidate(), CandidateStatus.Failed.name(), Double.NaN);
            return new Candidate<>((Object) null, entry.candidate(), parameters, null, e);
        }
    }

    /** Writes down what became of a candidate; Arbiter reports those that did not fail only. */
    synchronized void finished(OptimizationResult result) {
        CandidateStatus status = result.getCandidateInfo() == null
                ? CandidateStatus.Complete
                : result.getCandidateInfo().getCandidateStatus();
        log.end(result.getIndex(), status.name(), result.getScore() == null ? Double.NaN : result.getScore());
    }

    @Override
    public synchronized void reportResults(OptimizationResult result) {
        finished(result);
        generator.reportResults(result);
    }

    @Override
    public ParameterSpace<?> getParameterSpace() {
        return generator.getParameterSpace();
    }

    @Override
    public void setRngSeed(long rngSeed) {
        generator.setRngSeed(rngSeed);
    }

    @Override
    public Class<?> getCandidateType() {
        return generator.getCandidateType();
    }

    @JsonProperty("generator")
    private CandidateGenerator generator() {
        return generator;
    }

    @JsonProperty("log")
    private String file() {
        return file;
    }

    @JsonProperty("candidates")
    private int candidates() {
        return candidates;
    }

    @Override
    public String toString() {
        return "ResumableGenerator(" + generator + ", " + file + ", " + candidates + " candidates)";
    }
}
