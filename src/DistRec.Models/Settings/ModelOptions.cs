using DistRec.Models.Neighborhood;

namespace DistRec.Models.Settings;

/// <summary>
/// The settings of a model, and what follows from them for how it is trained. What a person may set is a property with a <see cref="SettingAttribute"/>;
/// every property that can be written travels to the nodes and is kept with the trained model.
/// </summary>
public abstract record ModelOptions
{
    /// <summary>Most factors a model may have.</summary>
    public const int MaximumRank = 1024;

    /// <summary>Most items a list of like ones may have.</summary>
    public const int MaximumNeighbors = 10_000;

    /// <summary>Most factors of models whose rows carry averages or samples as well.</summary>
    public const int MaximumSampledRank = 512;

    /// <summary>Name of the model as typed.</summary>
    public abstract string Kind { get; }

    /// <summary>How its partitions train together.</summary>
    public abstract TrainingScheme Scheme { get; }

    /// <summary>Number of factors, k, 0 for biases or weights alone.</summary>
    public virtual int FactorCount => 0;

    /// <summary>Columns of a side's training tables; 0 for biases alone.</summary>
    public virtual int WidthOf(Side side) => FactorCount;

    /// <summary>Factors in a row of a side as it is published for the model.</summary>
    public virtual int PublishedWidthOf(Side side) => WidthOf(side);

    /// <summary>How many epochs it trains at most where nobody says.</summary>
    public abstract int UsualEpochs { get; }

    /// <summary>After how many epochs without a better validation RMSE it stops where nobody says; 0 for never.</summary>
    public virtual int UsualPatience => 0;

    /// <summary>
    /// Share of the ratings that is kept aside for judging epochs where nobody says: nothing for models that have no use for it, since they predict no ratings or
    /// average all epochs.
    /// </summary>
    public double UsualValidationRatio => IsImplicit || Averages ? 0 : JobSettings.UsualValidationRatio;

    /// <summary>Whether it learns from interactions, of which every one is a preference of 1, and not from ratings.</summary>
    public virtual bool IsImplicit => false;

    /// <summary>The range of scores of a model of interactions; null for that of the training ratings.</summary>
    public virtual (float Minimum, float Maximum)? ScoreRange => IsImplicit ? (0, 1) : null;

    /// <summary>Whether it learns from rows of features.</summary>
    public virtual bool HasFeatures => false;

    /// <summary>Whether training tells an error on the training ratings; models of preferences have a loss alone.</summary>
    public virtual bool HasTrainRmse => !IsImplicit;

    /// <summary>Whether it is an average over epochs, so that no single epoch is the best one.</summary>
    public virtual bool Averages => false;

    /// <summary>Whether rows follow from what they were before, and not from the other side alone: lost ones cannot be solved again from it.</summary>
    public virtual bool RemembersRows => true;

    /// <summary>Whether epochs change the tables of items, which are else as they were first made.</summary>
    public virtual bool MovesRows => true;

    /// <summary>γ of the first epoch; 0 for models without one.</summary>
    public virtual double FirstLearningRate => 0;

    /// <summary>What γ is multiplied with after every epoch.</summary>
    public virtual double RateDecay => 1;

    /// <summary>Standard deviation of the initial factors times √k; 0 for models that do not descend.</summary>
    public virtual double InitialSpread => 0;

    /// <summary>Least rating that it can be given.</summary>
    public virtual float MinimumRating => -RatingLimits.Magnitude;

    /// <summary>Whether a rating of 0 is that there was no interaction.</summary>
    public virtual bool DropsZeros => false;

    /// <summary>What a data set with a rating below <see cref="MinimumRating"/> is told: what was expected, and what to do.</summary>
    public virtual (string Expected, string Advice) RatingRule => ($"ratings of at least {MinimumRating}", "correct it");

    /// <summary>How lists of items are found, like ones or those that speak for one; null for a model without.</summary>
    public virtual ListSettings? NeighborLists => null;

    /// <summary>The row solver of a model that is trained by alternation.</summary>
    /// <exception cref="NotSupportedException">It is trained otherwise.</exception>
    public virtual IRowSolver CreateSolver() => throw new NotSupportedException($"{Kind} is not trained by alternation");

    /// <summary>The row solver that fits one row more to a trained model.</summary>
    /// <exception cref="NotSupportedException">It is not trained by alternation.</exception>
    public virtual IRowSolver CreateFoldInSolver() => CreateSolver();

    /// <summary>The model of trained tables.</summary>
    /// <param name="trained">Factors as wide as <see cref="PublishedWidthOf"/> says.</param>
    public virtual FactorModel ToModel(FactorModel trained) => trained;

    /// <summary>
    /// These settings with the rest as suits them, where some follow from others: called when those that others hang on have been read.
    /// </summary>
    /// <param name="isGiven">Whether a setting, by its name as typed, is a person's choice.</param>
    public virtual ModelOptions Suited(Func<string, bool> isGiven) => this;

    /// <summary>These settings with what suits so many epochs, where that was not given.</summary>
    /// <param name="epochs">How many epochs the job has at most.</param>
    /// <param name="isGiven">Whether a setting, by its name as typed, is a person's choice.</param>
    public virtual ModelOptions FittedTo(int epochs, Func<string, bool> isGiven) => this;

    /// <summary>The usual burn-in, or as much of it as leaves two thirds of the epochs.</summary>
    protected static int MostBurnIn(int usual, int epochs) => Math.Min(usual, Math.Max(0, epochs / 3));

    /// <summary>Why a setting of the model or of its job has no effect with these settings; null where it has one.</summary>
    /// <param name="name">Name as typed.</param>
    public virtual string? WhyUnused(string name) => name switch
    {
        JobSettings.Patience when Averages => $"{Kind} averages its epochs",
        JobSettings.Patience when IsImplicit => $"{Kind} has no validation ratings",
        JobSettings.NoRefit when IsImplicit || HasFeatures => $"{Kind} is not fitted again",
        JobSettings.ValidationRatio when IsImplicit => $"{Kind} predicts no ratings",
        JobSettings.Consistency or JobSettings.Clocks when Scheme == TrainingScheme.AllReduce => "sums of all workers are needed before any goes on",
        JobSettings.Consistency when Scheme == TrainingScheme.Alternating => $"{Kind} takes no steps",
        JobSettings.Clocks when Scheme != TrainingScheme.ParameterServer => $"{Kind} pushes no rows",
        _ => null,
    };

    /// <summary>
    /// These defaults for data with so many ratings a user. Where there are few, what they say of a row has to weigh less than what all rows have in common:
    /// λ grows as if every row had some ratings more, that tell nothing.
    /// </summary>
    /// <param name="ratingsAUser">Training ratings of a user that has any, on average, at least 1.</param>
    public virtual ModelOptions SuitedTo(double ratingsAUser) => this;

    /// <summary>Every mistake in these settings, as "--name: expected …, found …; advice".</summary>
    /// <param name="epochs">How many epochs the job has at most.</param>
    public IReadOnlyList<string> Errors(int epochs)
    {
        List<string> errors = [];
        foreach (SettingDefinition setting in ModelDefinition.SettingsOf(GetType()))
        {
            if (WhyUnused(setting.Name) is null && setting.ErrorOf(setting.Get(this)) is { } error)
            {
                errors.Add($"--{setting.Name}: {error}");
            }
        }

        CheckTogether(
            epochs,
            (holds, name, expected, found, advice) =>
            {
                if (!holds)
                {
                    errors.Add($"--{name}: expected {expected}, found {found}; {advice}");
                }
            });
        return errors;
    }

    /// <summary>Checks what holds between settings; each by itself is checked by its range.</summary>
    /// <param name="epochs">How many epochs the job has at most.</param>
    /// <param name="check">Takes whether a rule holds, the name of the setting, what was expected, what was found, and what to do.</param>
    protected virtual void CheckTogether(int epochs, Action<bool, string, string, object, string> check)
    {
    }
}

/// <summary>Names of settings of a job whose use hangs on the model.</summary>
public static class JobSettings
{
    public const string Patience = "patience";

    public const string ValidationRatio = "validation-ratio";

    /// <summary>Share of the ratings that most models keep aside for judging epochs where nobody says.</summary>
    public const double UsualValidationRatio = 0.05;

    /// <summary>Leaves the ratings kept aside out of the model.</summary>
    public const string NoRefit = "no-refit";

    public const string Consistency = "consistency";

    public const string Clocks = "clocks";

    /// <summary>Those that are refused where they have no effect; a share of 0 for validation always has one.</summary>
    public static IReadOnlyList<string> Refused { get; } = [Patience, NoRefit, Consistency, Clocks];
}
