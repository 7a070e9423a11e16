namespace DistRec.Oracles;

/// <summary>
/// t-SNE's affinities and loss from their definitions (van der Maaten, Hinton, JMLR 2008), and how well a map keeps neighbours.
/// </summary>
public static class NaiveTsne
{
    /// <summary>p_ij = (p_j|i + p_i|j) / 2n over all pairs, [n][n].</summary>
    public static double[][] Affinities(double[][] points, double perplexity)
    {
        ArgumentNullException.ThrowIfNull(points);
        int n = points.Length;
        int[] all = [.. Enumerable.Range(0, n)];
        double[][] conditional = [.. all.Select(i => Conditional([.. all.Select(j => Distance(i, j))], perplexity))];
        return [.. all.Select(i => all.Select(j => (conditional[i][j] + conditional[j][i]) / (2 * n)).ToArray())];

        double Distance(int i, int j) => j == i ? double.PositiveInfinity : SquaredDistance(points[i], points[j]);
    }

    /// <summary>p_j ∝ exp(−β d_j) of a stated perplexity; β by bisection.</summary>
    public static double[] Conditional(double[] squaredDistances, double perplexity)
    {
        ArgumentNullException.ThrowIfNull(squaredDistances);
        double low = 0, high = 1e9;
        for (int step = 0; step < 200; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = PerplexityOf(Weigh(squaredDistances, middle)) > perplexity ? (middle, high) : (low, middle);
        }

        return Weigh(squaredDistances, low);
    }

    /// <summary>exp(−Σ p ln p).</summary>
    public static double PerplexityOf(IEnumerable<double> probabilities) =>
        Math.Exp(-probabilities.Where(p => p > 0).Sum(p => p * Math.Log(p)));

    /// <summary>KL(P‖Q) = Σ_{i≠j} p_ij ln(p_ij / q_ij).</summary>
    /// <param name="affinities">P, [n][n].</param>
    /// <param name="map">y, [n][2].</param>
    public static double Divergence(double[][] affinities, double[][] map)
    {
        ArgumentNullException.ThrowIfNull(affinities);
        ArgumentNullException.ThrowIfNull(map);
        int[] all = [.. Enumerable.Range(0, map.Length)];
        (int I, int J)[] pairs = [.. all.SelectMany(i => all.Where(j => j != i).Select(j => (i, j)))];
        double total = pairs.Sum(pair => Kernel(map, pair.I, pair.J));
        return pairs.Where(pair => affinities[pair.I][pair.J] > 0)
            .Sum(pair => affinities[pair.I][pair.J] * Math.Log(affinities[pair.I][pair.J] / (Kernel(map, pair.I, pair.J) / total)));
    }

    /// <summary>The gradient of the divergence with regard to each coordinate, by central differences, [n][2].</summary>
    public static double[][] Gradient(double[][] affinities, double[][] map, double step)
    {
        ArgumentNullException.ThrowIfNull(map);
        return [.. Enumerable.Range(0, map.Length).Select(i => new[] { Slope(i, 0), Slope(i, 1) })];

        double Slope(int point, int axis) => (At(point, axis, step) - At(point, axis, -step)) / (2 * step);

        double At(int point, int axis, double change)
        {
            double[][] moved = [.. map.Select(y => y.ToArray())];
            moved[point][axis] += change;
            return Divergence(affinities, moved);
        }
    }

    /// <summary>
    /// How far neighbours on a map are neighbours where the points come from: 1 − 2 / (nk(2n − 3k − 1)) Σ_i Σ_j (rank_i(j) − k) over the
    /// j that are among the k nearest of i on the map only (Venna, Kaski, ICANN 2001). 1 is best; a random map has about 0.5.
    /// </summary>
    public static double Trustworthiness(double[][] points, double[][] map, int k)
    {
        ArgumentNullException.ThrowIfNull(points);
        int n = points.Length;
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            int[] order = Nearest(points, i);
            int[] ranks = new int[n];
            for (int rank = 1; rank <= order.Length; rank++)
            {
                ranks[order[rank - 1]] = rank;
            }

            sum += Nearest(map, i).Take(k).Sum(j => Math.Max(0, ranks[j] - k));
        }

        return 1 - (2 * sum / ((double)n * k * ((2 * n) - (3 * k) - 1)));
    }

    /// <summary>The mean share of the k nearest on a map that have a point's own label.</summary>
    public static double Purity(int[] labels, double[][] map, int k)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Enumerable.Range(0, map.Length).Average(i => Nearest(map, i).Take(k).Average(j => labels[j] == labels[i] ? 1.0 : 0));
    }

    /// <summary>|a − b|².</summary>
    public static double SquaredDistance(double[] a, double[] b)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
    }

    /// <summary>All others, nearest first.</summary>
    public static int[] Nearest(double[][] points, int i)
    {
        ArgumentNullException.ThrowIfNull(points);
        double[] distances = [.. points.Select(other => SquaredDistance(points[i], other))];
        int[] order = [.. Enumerable.Range(0, points.Length).Where(j => j != i)];
        Array.Sort(order, (a, b) => distances[a] != distances[b] ? distances[a].CompareTo(distances[b]) : a.CompareTo(b));
        return order;
    }

    private static double Kernel(double[][] map, int i, int j) => 1 / (1 + SquaredDistance(map[i], map[j]));

    private static double[] Weigh(double[] squaredDistances, double beta)
    {
        double nearest = squaredDistances.Min();
        double[] weights = [.. squaredDistances.Select(distance => double.IsInfinity(distance) ? 0 : Math.Exp(beta * (nearest - distance)))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }
}
