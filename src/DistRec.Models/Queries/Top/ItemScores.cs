using System.Numerics;
using System.Runtime.Intrinsics;
using DistRec.Models.Neighborhood;
using DistRec.Numerics.Linear;

namespace DistRec.Models.Queries.Top;

/// <summary>
/// The sums that all items are ranked by, for some users at a time, before units and link, which keep their order: what <see cref="TopItems"/> finds the largest of. Used
/// again for later users; one thread's at a time.
/// </summary>
/// <param name="items">What is ranked.</param>
public sealed class ItemScores(TopItems items)
{
    // Sums that are kept at a time stay in a second-level cache, or nearly.
    private const int MostFloats = 1 << 20;
    private const int Lanes = FactorTable.Lanes;

    private readonly FactorTable _users = new(UsersAtOnce(items.ItemCount), items.Model.Rank);
    private readonly FactorTable _scores = new(UsersAtOnce(items.ItemCount), items.ItemCount);

    private double[]? _sums;

    /// <summary>How many users it takes at a time.</summary>
    public int Capacity => _scores.Rows;

    /// <summary>Computes the sums of some users; those of others before are overwritten.</summary>
    /// <param name="requests">The users, at most <see cref="Capacity"/>, and what to leave out; filters are refused.</param>
    public void Compute(ReadOnlySpan<TopRequest> requests)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(requests.Length, Capacity, nameof(requests));
        bool hasProducts = items.Model is { Rank: > 0, Layers: null };
        for (int index = 0; index < requests.Length; index++)
        {
            if (requests[index].Filter is not null)
            {
                throw new ArgumentException("expected no filter, found one", nameof(requests));
            }

            // Products take the place of what was there.
            (hasProducts ? _users : _scores).Row(index).Clear();
            if (hasProducts && PartsOf(requests[index]) == Answer.Known)
            {
                requests[index].User.Factors.Span.CopyTo(_users.Row(index));
            }
        }

        if (hasProducts)
        {
            items.Panels!.Multiply(_users, requests.Length, _scores);
        }

        for (int index = 0; index < requests.Length; index++)
        {
            Complete(requests[index], _scores.Row(index));
        }
    }

    /// <summary>The sums of one of the users, [items]; −∞ for items that are left out.</summary>
    /// <param name="index">Which of the requests.</param>
    public ReadOnlySpan<float> Of(int index) => _scores.Row(index);

    /// <summary>The best items of one of the users, best first, as <see cref="TopItems"/> ranks them.</summary>
    /// <param name="index">Which of the requests.</param>
    /// <param name="n">How many; fewer come back where there are no more.</param>
    public ScoredItem[] Best(int index, int n)
    {
        ReadOnlySpan<float> scores = _scores.Row(index);
        BoundedTop top = new(Math.Min(n, scores.Length));
        float least = float.MinValue;
        int item = 0;
        for (; item <= scores.Length - Lanes; item += Lanes)
        {
            ulong some = Vector512.GreaterThanOrEqual(Vector512.Create(scores.Slice(item, Lanes)), Vector512.Create(least)).ExtractMostSignificantBits();
            for (; some != 0; some &= some - 1)
            {
                Offer(item + BitOperations.TrailingZeroCount(some), scores);
            }
        }

        for (; item < scores.Length; item++)
        {
            Offer(item, scores);
        }

        return top.TakeSorted();

        void Offer(int one, ReadOnlySpan<float> all)
        {
            if (all[one] >= least)
            {
                top.Offer(new ScoredItem(one, all[one]));
                least = top.IsFull ? (float)top.Worst.Score : least;
            }
        }
    }

    /// <summary>How many users are taken at a time of a model of so many items.</summary>
    public static int UsersAtOnce(int itemCount) => Math.Clamp(MostFloats / Math.Max(1, itemCount), 1, 64);

    private Answer PartsOf(in TopRequest request) => items.PartsOf(request.User, isCold: false);

    private void Complete(in TopRequest request, Span<float> scores)
    {
        UserRow user = request.User;
        Answer parts = PartsOf(request);
        if (items.Model.Layers is { } layers)
        {
            Answer coldParts = items.PartsOf(user, isCold: true);
            for (int item = 0; item < scores.Length; item++)
            {
                scores[item] = FactorScore.OfLayers(items.Model, layers, user.Bias, user.Factors.Span, item, items.IsCold(item) ? coldParts : parts);
            }
        }
        else
        {
            AddRest(user, parts, scores);
        }

        foreach (int item in request.LeaveOut.Span)
        {
            scores[item] = float.NegativeInfinity;
        }
    }

    // To the products what else is in a sum.
    private void AddRest(in UserRow user, Answer parts, Span<float> scores)
    {
        AddBiases(FactorScore.StartOf(user.Bias, parts), parts is Answer.Known or Answer.ColdUser ? items.Model.ItemBiases : null, scores);
        if (parts == Answer.Known && user.Rated is { } rated)
        {
            AddNeighbors(items.Model.Neighbors!, rated, scores);
        }

        float cold = FactorScore.StartOf(user.Bias, items.PartsOf(user, isCold: true));
        foreach (int item in items.Cold)
        {
            scores[item] = cold;
        }
    }

    // In the order of FactorSum: the biases first.
    private static void AddBiases(float start, float[]? biases, Span<float> scores)
    {
        Vector<float> first = new(start);
        int item = 0;
        for (; item <= scores.Length - Vector<float>.Count; item += Vector<float>.Count)
        {
            Vector<float> both = biases is null ? first : first + new Vector<float>(biases, item);
            (both + new Vector<float>(scores[item..])).CopyTo(scores[item..]);
        }

        for (; item < scores.Length; item++)
        {
            scores[item] = start + (biases?[item] ?? 0) + scores[item];
        }
    }

    private void AddNeighbors(NeighborTables neighbors, RatedItems rated, Span<float> scores)
    {
        if (neighbors.Columns is { } columns)
        {
            _sums ??= new double[scores.Length];
            columns.Add(rated.Items, _sums);
            for (int item = 0; item < scores.Length; item++)
            {
                scores[item] += (float)_sums[item];
            }

            return;
        }

        for (int item = 0; item < scores.Length; item++)
        {
            scores[item] += neighbors.ScoreOf(item, rated);
        }
    }
}
