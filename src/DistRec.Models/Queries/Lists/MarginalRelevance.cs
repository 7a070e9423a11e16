namespace DistRec.Models.Queries.Lists;

/// <summary>
/// Maximal marginal relevance (Carbonell, Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing summaries",
/// SIGIR 1998): with λ = 1 − D, candidates C and what is chosen already S, the next item is the i of C ∖ S with the greatest
/// (1 − D) rel(i) − D max_{j∈S} cos(q_i, q_j), where rel(i) = (s_i − min s) / (max s − min s) over all candidates, 1 where all scores are equal. The first
/// is the most relevant one. Equal values are ordered as the candidates are.
/// </summary>
internal static class MarginalRelevance
{
    /// <summary>Chooses n of some candidates.</summary>
    /// <param name="scores">Their finite scores, best first, [candidates].</param>
    /// <param name="n">How many to choose, at most as many as there are.</param>
    /// <param name="diversity">D, from 0 to 1.</param>
    /// <param name="similarity">cos of two candidates by their positions.</param>
    /// <returns>Positions among the candidates in the order of choice, [n].</returns>
    public static int[] Choose(ReadOnlySpan<double> scores, int n, double diversity, Func<int, int, double> similarity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, scores.Length);
        int[] chosen = new int[n];
        bool[] isChosen = new bool[scores.Length];
        double[] closest = new double[scores.Length]; // max_{j∈S} cos(q_i, q_j)
        double least = n == 0 ? 0 : scores[^1], range = n == 0 ? 0 : scores[0] - least;
        for (int place = 0; place < n; place++)
        {
            int best = -1;
            double most = 0;
            for (int candidate = 0; candidate < scores.Length; candidate++)
            {
                if (isChosen[candidate])
                {
                    continue;
                }

                double relevance = range > 0 ? (scores[candidate] - least) / range : 1;
                double value = ((1 - diversity) * relevance) - (diversity * closest[candidate]);
                if (best < 0 || value > most)
                {
                    (best, most) = (candidate, value);
                }
            }

            chosen[place] = best;
            isChosen[best] = true;
            for (int candidate = 0; candidate < scores.Length; candidate++)
            {
                double cosine = similarity(candidate, best);
                closest[candidate] = place == 0 ? cosine : Math.Max(closest[candidate], cosine);
            }
        }

        return chosen;
    }
}
