using DistRec.Models.FactorizationMachine;
using DistRec.Models.Neural;
using Google.Protobuf.Collections;

namespace DistRec.Training.Jobs;

/// <summary>
/// Whether nodes can train by a specification that came from outside: its parts fit together, and its settings are in their ranges. What
/// does not fit would leave partitions waiting for blocks that nobody makes.
/// </summary>
public static class SpecCheck
{
    /// <summary>Every mistake in a specification, a line each; empty where there is none.</summary>
    public static IReadOnlyList<string> Errors(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Model is null)
        {
            return ["model: expected one, found none"];
        }

        if (spec.Model.TryRead(out string wrong) is null)
        {
            return [wrong];
        }

        if (spec.Options.HasFeatures != spec.Features is not null)
        {
            return [$"features: expected {(spec.Options.HasFeatures ? "" : "no ")}layout for {spec.ModelName}, found {(spec.Features is null ? "none" : "one")}"];
        }

        List<string> errors = [];
        int partitions = spec.UserStarts.Count - 1;
        CheckStarts("user_starts", spec.UserStarts, partitions);
        CheckStarts("item_starts", spec.ItemStarts, partitions);
        if (spec.Scheme != TrainingScheme.Alternating)
        {
            CheckStarts("block_starts", spec.BlockStarts, spec.Scheme is TrainingScheme.ParameterServer or TrainingScheme.AllReduce ? partitions : Math.Max(partitions, spec.BlockStarts.Count - 1));
            Check(LastOf(spec.BlockStarts) == LastOf(spec.ItemStarts), "block_starts", $"{LastOf(spec.ItemStarts)} rows, as item_starts say", LastOf(spec.BlockStarts));
        }

        if (spec.Options is FmOptions fm)
        {
            CheckFm(fm, spec.Features!, partitions);
        }

        if (spec.Options is NeuralOptions neural && neural.Errors(spec.Epochs).Count == 0)
        {
            int layers = NeuralShape.Of(neural).LayerRows;
            Check(LastOf(spec.ItemStarts) > layers, "item_starts", $"more than the {layers} rows of layers", LastOf(spec.ItemStarts));
            Check(spec.Clocks >= 1, "clocks", "at least 1", spec.Clocks);
        }

        Check(float.IsFinite(spec.GlobalMean), "global_mean", "a finite number", spec.GlobalMean);
        Check(RatingUnits.IsUnit(spec.RatingUnit), "rating_unit", "a number above 0", spec.RatingUnit);
        Check(spec.TrainingRatings >= 1, "training_ratings", "at least 1", spec.TrainingRatings);
        Check(spec.ValidationRatings >= 0, "validation_ratings", "at least 0", spec.ValidationRatings);
        Check(Enum.IsDefined(spec.Consistency) && spec.Staleness >= 0, "consistency", "one that there is, and a staleness of at least 0", $"{spec.Consistency} and {spec.Staleness}");
        Check(spec.Resume is null, "resume", "none, since jobs on a cluster go on from snapshots of their own", "one");
        if (errors.Count == 0)
        {
            errors.AddRange(SettingsCheck.Errors(JobSpecs.SettingsOf(spec)));
        }

        return errors;

        void CheckFm(FmOptions fm, FeatureLayout layout, int partitions)
        {
            CheckStarts("row_starts", layout.RowStarts, partitions);
            CheckStarts("group_starts", layout.GroupStarts, Math.Max(1, layout.GroupStarts.Count - 1));
            Check(LastOf(spec.UserStarts) == 0, "user_starts", "zeros, since the tables are those of features alone", LastOf(spec.UserStarts));
            Check(LastOf(layout.RowStarts) == spec.TrainingRatings, "row_starts", $"{spec.TrainingRatings} rows, as training_ratings says", LastOf(layout.RowStarts));
            Check(float.IsFinite(layout.Intercept), "intercept", "a finite number", layout.Intercept);
            if (errors.Count > 0)
            {
                return;
            }

            int rows = FmShape.Of(fm).RowsFor(LastOf(layout.GroupStarts), layout.GroupStarts.Count - 1);
            Check(LastOf(spec.BlockStarts) == rows, "block_starts", $"{rows} rows, as group_starts say", LastOf(spec.BlockStarts));
            Check(
                spec.Scheme != TrainingScheme.AllReduce || fm.Rank < 0 || (spec.Clocks > 1 && (spec.Clocks - 1) % (1L + fm.Rank) == 0),
                "clocks", $"one for the intercept, and {1L + fm.Rank} for each block of features", spec.Clocks);
        }

        void CheckStarts(string name, RepeatedField<int> starts, int parts)
        {
            if (starts.Count < 2 || starts.Count != parts + 1)
            {
                errors.Add($"{name}: expected the starts of {Math.Max(1, parts)} parts and the end of the last, found {starts.Count} numbers");
                return;
            }

            int odd = Enumerable.Range(0, starts.Count).FirstOrDefault(part => part == 0 ? starts[0] != 0 : starts[part] < starts[part - 1], -1);
            Check(odd < 0, name, "numbers from 0 on, none below the one before it", odd < 0 ? 0 : starts[odd]);
        }

        void Check(bool holds, string name, string expected, object found)
        {
            if (!holds)
            {
                errors.Add($"{name}: expected {expected}, found {found}");
            }
        }
    }

    private static int LastOf(RepeatedField<int> starts) => starts.Count == 0 ? 0 : starts[^1];
}
