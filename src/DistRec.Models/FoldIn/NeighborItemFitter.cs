using DistRec.Models.Baseline;
using DistRec.Models.Neighborhood;
using DistRec.Models.Persistence;

namespace DistRec.Models.FoldIn;

/// <summary>
/// An item of a model with lists: its bias, where there are any, is the damped mean that training takes, and its list is searched in the ratings of the model's users who
/// rated it. Where these are not at hand it has none, and answers by its bias.
/// </summary>
/// <param name="saved">The model.</param>
/// <param name="settings">How lists are found.</param>
/// <param name="sides">The model's sides.</param>
internal sealed class NeighborItemFitter(SavedModel saved, ListSettings settings, ModelSides sides) : IRowFitter
{
    private readonly SolverFitter? _bias = settings.Biases is { } biases ? new(biases.CreateSolver(), sides) : null;
    private readonly Lazy<IListSearch?> _search = new(() => saved.Ratings is not { } ratings ? null : settings.CreateSearch(
        ratings, saved.Model.Units, Environment.ProcessorCount, new DampedBiases(saved.Model.UserBiases, saved.Model.ItemBiases)));

    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        RowFit fit = _bias?.Fit(row, other) ?? new RowFit(0, []);

        // Those behind the model's users were folded in, and what else they rated is not looked at.
        ReadOnlySpan<int> raters = row.RowColumns(0);
        int known = 0;
        while (known < raters.Length && raters[known] < saved.Users.Count)
        {
            known++;
        }

        return fit with { Neighbors = _search.Value?.ListOf(raters[..known], row.RowValues(0)[..known], fit.Bias) };
    }

    /// <summary>What each of some users has rated, a row a user; none of those who were folded in.</summary>
    public RatingMatrix RatingsOf(ReadOnlySpan<int> users)
    {
        long[] starts = new long[users.Length + 1];
        List<int> items = [];
        List<float> ratings = [];
        for (int row = 0; row < users.Length; row++)
        {
            if (users[row] < saved.Users.Count && saved.Ratings is { } all)
            {
                items.AddRange(all.RowColumns(users[row]));
                ratings.AddRange(all.RowValues(users[row]));
            }

            starts[row + 1] = items.Count;
        }

        return new RatingMatrix(saved.Items.Count, starts, [.. items], [.. ratings]);
    }
}
