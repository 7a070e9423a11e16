namespace DistRec.Evaluation.Ranking;

/// <summary>The figures of one list that follow from the places of its relevant items, each as <see cref="RankingMetric"/> says.</summary>
public static class ListMeasures
{
    /// <summary>Measures a list.</summary>
    /// <param name="gains">Gain at each place, 0 where the item is not relevant; at least K places or the whole list.</param>
    /// <param name="ideal">Gains of all relevant items, above 0, largest first, at least one.</param>
    /// <param name="cutOff">K, at least 1.</param>
    /// <param name="figures">Receives precision, recall, capped recall, hit, reciprocal rank, nDCG and average precision, [7].</param>
    public static void Measure(ReadOnlySpan<double> gains, ReadOnlySpan<double> ideal, int cutOff, Span<double> figures)
    {
        int hits = 0, first = 0;
        double gain = 0, best = 0, precisions = 0;
        for (int place = 0; place < Math.Min(cutOff, gains.Length); place++)
        {
            if (gains[place] > 0)
            {
                hits++;
                first = first == 0 ? place + 1 : first;
                gain += gains[place] / Math.Log2(2 + place);
                precisions += (double)hits / (place + 1);
            }
        }

        int most = Math.Min(cutOff, ideal.Length);
        for (int place = 0; place < most; place++)
        {
            best += ideal[place] / Math.Log2(2 + place);
        }

        figures[0] = (double)hits / cutOff;
        figures[1] = (double)hits / ideal.Length;
        figures[2] = (double)hits / most;
        figures[3] = hits > 0 ? 1 : 0;
        figures[4] = first == 0 ? 0 : 1.0 / first;
        figures[5] = gain / best;
        figures[6] = precisions / most;
    }
}
