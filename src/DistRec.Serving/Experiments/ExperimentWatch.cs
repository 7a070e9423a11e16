using System.Globalization;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Serving.Events;

namespace DistRec.Serving.Experiments;

/// <summary>
/// Counts the events of the experiments that have not ended, from where it counted last, and decides what follows. One in a cluster does; it begins
/// with the whole log of each experiment, once. Not for two threads at a time.
/// </summary>
/// <param name="store">The experiments.</param>
/// <param name="log">The events.</param>
/// <param name="time">The clock by which the time for a goal runs out.</param>
internal sealed class ExperimentWatch(ExperimentStore store, IEventLog log, TimeProvider time)
{
    /// <summary>Who decides where nobody does.</summary>
    public const string Self = "the sequential test";

    private readonly Dictionary<string, (ExperimentTally Tally, ExperimentFigures Kept)> _tallies = new(StringComparer.Ordinal);

    /// <summary>Looks.</summary>
    /// <returns>Whether anything has changed.</returns>
    /// <exception cref="Training.Databases.DatabaseException">The database cannot be used. What was counted meanwhile is kept with the next look.</exception>
    public async Task<bool> LookAsync(CancellationToken cancellationToken = default)
    {
        List<Experiment> open = (await store.OpenAsync(cancellationToken).ConfigureAwait(false)).Experiments;
        foreach (string ended in _tallies.Keys.Except(open.Select(one => one.Name)).ToArray())
        {
            _tallies.Remove(ended);
        }

        bool hasChanged = false;
        foreach (Experiment experiment in open)
        {
            hasChanged |= await CountAsync(experiment, cancellationToken).ConfigureAwait(false);
            hasChanged |= await DecideAsync(experiment, cancellationToken).ConfigureAwait(false);
        }

        return hasChanged;
    }

    private async Task<bool> CountAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        if (!_tallies.TryGetValue(experiment.Name, out (ExperimentTally Tally, ExperimentFigures Kept) known))
        {
            _tallies[experiment.Name] = known = (new ExperimentTally(experiment.Definition, experiment.Figures.Test), experiment.Figures);
        }

        IAsyncEnumerable<ServingEvent> next = log.ReadAsync(known.Tally.Position, experiment: experiment.Name, cancellationToken: cancellationToken);
        await foreach (ServingEvent @event in next.ConfigureAwait(false))
        {
            known.Tally.Add(@event);
        }

        known.Tally.Observe(time.GetUtcNow());
        ExperimentFigures figures = known.Tally.Figures;
        if (figures.Position == known.Kept.Position && figures.Test?.Observed == known.Kept.Test?.Observed)
        {
            return false;
        }

        await store.KeepFiguresAsync(experiment.Name, figures, cancellationToken).ConfigureAwait(false);
        _tallies[experiment.Name] = (known.Tally, figures);
        return true;
    }

    private async Task<bool> DecideAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        ExperimentDefinition definition = experiment.Definition;
        if (definition.Policy != ExperimentPolicy.Canary || _tallies[experiment.Name].Kept.Test is not { } test)
        {
            return false;
        }

        (ExperimentAction Action, string Why)? decided = test.Decision switch
        {
            CanaryDecision.RollBack => (ExperimentAction.RollBack, Reason(definition, test, "worse", test.WorsePValue)),
            CanaryDecision.Accept when definition.Promote => (ExperimentAction.Promote, Reason(definition, test, "not worse", test.NotWorsePValue)),
            _ => null,
        };
        if (decided is not { } change)
        {
            return false;
        }

        await store.ChangeAsync(experiment.Name, change.Action, Self, change.Why, null, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static string Reason(ExperimentDefinition definition, TestFigures test, string found, double pValue)
    {
        string margin = definition.Margin == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $" by more than the margin of {100 * definition.Margin:0.##} points");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the {definition.Goal.ToString().ToLowerInvariant()} rate of \"{definition.Arms[1 - definition.ControlIndex].Name}\" is {found}{margin}: {
                Rate(test.OtherGoals, test.OtherUsers)} of {test.OtherUsers} users against {Rate(test.ControlGoals, test.ControlUsers)} of {
                test.ControlUsers}, e-value {1 / pValue:G4}, which decides at {1 / definition.Alpha:G4}");
    }

    private static string Rate(long goals, long users) => string.Create(CultureInfo.InvariantCulture, $"{(users == 0 ? 0 : 100.0 * goals / users):0.00} %");
}
