/**
 * Learning-rate and momentum schedules that DL4J itself lacks: linear decay, sigmoid annealing, milestones,
 * a warm-up in front of any other schedule, and the momentum that goes with a batch size. Each is an immutable, pure
 * function of iteration and epoch, counted from 0, with its arguments checked at construction, and survives JSON,
 * {@code clone()} and {@code equals}.
 */
package io.dl4jext.schedule;
