using DistRec.Evaluation.Bandits;
using DistRec.Models.Queries.Asking;

namespace DistRec.Serving.Experiments;

/// <summary>
/// An experiment that runs, as of one moment: its arms' models, and how users come to them by what was counted until then. Immutable; another takes
/// its place when counts have moved. Safe for any number of threads.
/// </summary>
internal sealed class RunningExperiment
{
    private readonly ArmRouter _router;

    /// <param name="definition">The experiment.</param>
    /// <param name="figures">What was counted.</param>
    /// <param name="models">[arms], loaded.</param>
    public RunningExperiment(ExperimentDefinition definition, ExperimentFigures figures, IReadOnlyList<ServingModel> models)
    {
        Definition = definition;
        Models = models;
        _router = RouterOf(definition, figures);
    }

    /// <summary>What was asked for.</summary>
    public ExperimentDefinition Definition { get; }

    /// <summary>The arms' versions, [arms].</summary>
    public IReadOnlyList<ServingModel> Models { get; }

    /// <summary>How users come to arms by what was counted.</summary>
    public static ArmRouter RouterOf(ExperimentDefinition definition, ExperimentFigures figures)
    {
        bool isLearning = definition.Learns && figures.Arms.All(arm => arm.Impressions >= definition.MinimumImpressions);
        IArmPolicy policy = isLearning ? ExperimentRules.PolicyOf(definition) : ExperimentRules.WeightsOf(definition);
        return new ArmRouter(policy, definition.Seed, definition.Name, figures.StatisticsFor(definition.Goal));
    }

    /// <summary>The arm of a question, by what is known now: of a user the same until counts move, and of a fixed split always.</summary>
    /// <param name="key">Id of the user; of an answer where the user has none.</param>
    public ArmChoice Draw(string key) => _router.Route(key);

    /// <summary>The arm whose model is wanted; null for none.</summary>
    public ArmChoice? Find(Predicate<SavedModel> isWanted)
    {
        for (int arm = 0; arm < Models.Count; arm++)
        {
            if (_router.Propensities[arm] > 0 && isWanted(Models[arm].Saved))
            {
                return new ArmChoice(arm, _router.Propensities[arm]);
            }
        }

        return null;
    }
}
