using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;

namespace DistRec.Cli.Queries;

/// <summary>What a model whose rows were features answers for the rows of a file, beside the file's targets.</summary>
/// <param name="Values">Answers in the order of the file, inside the range of training targets, or probabilities.</param>
/// <param name="ArePredictedProbabilities">Whether they are probabilities of 1.</param>
/// <param name="Errors">How far they are from the targets; null for probabilities.</param>
/// <param name="Classes">How well probabilities tell the targets; null for others, and where the targets are no two classes.</param>
/// <param name="Known">What was read.</param>
internal sealed record RowAnswers(double[] Values, bool ArePredictedProbabilities, EvaluationResult? Errors, ClassificationResult? Classes, KnownRows Known)
{
    /// <summary>Reads the rows and answers them.</summary>
    /// <param name="saved">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="place">Where the file was given, for messages.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="stop">Stops reading.</param>
    /// <exception cref="InputException">The model is one of users and items, or the file is wrong.</exception>
    public static RowAnswers Of(SavedModel saved, string path, string place, int threads, CancellationToken stop)
    {
        if (saved.Model.Machine is not { } machine || saved.Users.Count > 0 || saved.Items.Count > 0)
        {
            throw InputException.At(
                place, "a model whose rows were features", $"{saved.Model.Kind} of {Quantity.Of(saved.Users.Count, "user")} and {Quantity.Of(saved.Items.Count, "item")}",
                "ask by --user and --item, or evaluate by --data");
        }

        KnownRows known = FeatureReader.ReadOnto(path, machine.Space, stop);
        double[] values = FeatureEvaluator.Predict(machine, saved.Model.Scale, known.Rows, threads);
        if (machine.Link == FmLink.Identity)
        {
            return new RowAnswers(values, false, FeatureEvaluator.Rate(values, saved.Model.Scale, known.Rows.Targets), null, known);
        }

        FeatureData data = new(machine.Space, known.Rows, null, null);
        LabelKind labels = SettingsEcho.LabelsOf(saved.Description);
        ClassificationResult? classes = Labels.KindOf(data, labels) == LabelKind.Numbers
            ? null
            : ClassificationResult.Of(values, Labels.ToClasses(data, labels).Train.Targets);
        return new RowAnswers(values, true, null, classes, known);
    }

    /// <summary>The figures as people read them.</summary>
    public IEnumerable<(string Name, string Value)> Describe()
    {
        yield return ("rows", Quantity.Count(Values.Length));
        if (Errors is { } errors)
        {
            yield return ("RMSE", Quantity.Error(errors.Rmse));
            yield return ("MAE", Quantity.Error(errors.Mae));
        }

        if (Classes is { } classes)
        {
            foreach ((string, string) pair in ClassText.Describe(classes))
            {
                yield return pair;
            }
        }
    }

    /// <summary>Tells a person what was not used, or could not be measured.</summary>
    public void WriteNotes(TextWriter error)
    {
        if (Known.UnknownFeatures > 0)
        {
            error.WriteLine($"note: no training row had {Quantity.Of(Known.UnknownFeatures, "feature")} of the file; {Quantity.Of(Known.UnknownValues, "value")} left out");
        }

        if (ArePredictedProbabilities && Classes is null)
        {
            error.WriteLine("note: the targets are no two classes, 0 and 1 or −1 and 1: nothing to compare the probabilities with");
        }
    }
}
