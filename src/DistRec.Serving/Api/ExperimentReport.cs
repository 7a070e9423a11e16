using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Serving.Experiments;

namespace DistRec.Serving.Api;

/// <summary>What the API tells of an experiment, from its counts.</summary>
internal static class ExperimentReport
{
    /// <summary>Tells.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="changes">What was done to experiments, the newest first.</param>
    public static ExperimentAnswer Of(Experiment experiment, IEnumerable<ExperimentChange> changes)
    {
        ExperimentDefinition definition = experiment.Definition;
        IReadOnlyList<ArmFigures> figures = experiment.Figures.Arms;
        double[] rates = [.. figures.Select(arm => arm.Impressions == 0 ? 0 : (double)arm.GoalsOf(definition.Goal) / arm.Impressions)];
        long shown = figures.Sum(arm => arm.Impressions);
        IReadOnlyList<double> propensities = RunningExperiment.RouterOf(definition, experiment.Figures).Propensities;
        ArmFigures control = figures[definition.ControlIndex];
        return new ExperimentAnswer(
            experiment.Name,
            definition.Model,
            definition.Policy,
            definition.Goal,
            experiment.State,
            experiment.Created,
            experiment.Ended,
            experiment.Why.Length > 0 ? experiment.Why : null,
            [.. definition.Arms.Select((arm, index) => new ArmAnswer(
                arm.Name,
                arm.Model,
                arm.Version,
                index == definition.ControlIndex,
                arm.Weight,
                propensities[index],
                figures[index].Impressions,
                shown == 0 ? 0 : (double)figures[index].Impressions / shown,
                figures[index].Users,
                figures[index].Clicks,
                figures[index].Views,
                figures[index].Conversions,
                RateOf(figures[index].Clicks, figures[index].Impressions),
                RateOf(figures[index].Views, figures[index].Impressions),
                RateOf(figures[index].Conversions, figures[index].Impressions),
                figures[index].Impressions == 0 ? null : figures[index].Impressions * (rates.Max() - rates[index]),
                index == definition.ControlIndex ? null : Compare(control, figures[index], definition.Goal)))],
            experiment.Figures.Test is not { } test ? null : new SequentialAnswer(
                test.Decision, test.Worse.Average(), test.NotWorse.Average(), definition.Alpha, definition.Margin, test.ControlUsers + test.OtherUsers),
            RatioOf(definition, figures),
            experiment.Shadow is null ? null : ShadowOf(experiment.Shadow),
            [.. changes.Where(change => change.Experiment == experiment.Name)
                .Select(change => new ExperimentChangeAnswer(change.Action, change.At, change.By, change.Why))]);
    }

    private static ShadowAnswer ShadowOf(ShadowFigures shadow) => new(
        shadow.Compared,
        shadow.Lists == 0 ? null : shadow.Overlap / shadow.Lists,
        shadow.Predictions == 0 ? null : shadow.Difference / shadow.Predictions,
        shadow.Failures,
        shadow.Dropped,
        shadow.Quantile(0.5)?.TotalMilliseconds,
        shadow.Quantile(0.99)?.TotalMilliseconds);

    private static IntervalAnswer? RateOf(long successes, long trials)
    {
        if (trials == 0)
        {
            return null;
        }

        RateEstimate rate = RateEstimate.Wilson(successes, trials);
        return new IntervalAnswer(rate.Rate, rate.Lower, rate.Upper);
    }

    private static ComparisonAnswer? Compare(ArmFigures control, ArmFigures other, ExperimentGoal goal)
    {
        if (control.Impressions == 0 || other.Impressions == 0)
        {
            return null;
        }

        ArmComparison found = ArmComparison.OfRates(control.GoalsOf(goal), control.Impressions, other.GoalsOf(goal), other.Impressions);
        return new ComparisonAnswer(found.Difference, found.Lower, found.Upper, found.Z, found.PValue);
    }

    private static SampleRatioAnswer? RatioOf(ExperimentDefinition definition, IReadOnlyList<ArmFigures> figures)
    {
        if (definition.Policy is not (ExperimentPolicy.Split or ExperimentPolicy.Canary) || figures.All(arm => arm.Users == 0))
        {
            return null;
        }

        SampleRatio ratio = SampleRatio.Of([.. figures.Select(arm => arm.Users)], [.. definition.Arms.Select(arm => arm.Weight)]);
        return new SampleRatioAnswer(ratio.PValue, ratio.IsMismatch);
    }
}
