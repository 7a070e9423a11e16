using DistRec.Evaluation.Metrics;
using DistRec.Models;

namespace DistRec.Evaluation;

/// <summary>What one thread has seen of an evaluation. Merging gives the same bits in any order.</summary>
internal sealed class EvaluationSums
{
    private readonly RatingMetrics[] _byActivity = [.. Enumerable.Range(0, ActivityBins.Count).Select(_ => new RatingMetrics())];
    private readonly int[] _users = new int[ActivityBins.Count];
    private readonly EqualSteps _errors;

    public EvaluationSums(RatingScale scale)
    {
        double range = Math.Max((double)scale.Maximum - scale.Minimum, 1e-6);
        _errors = EqualSteps.Over(-range, range);
    }

    public void AddUser(int activity) => _users[ActivityBins.IndexOf(activity)]++;

    public void AddRating(int activity, double error, bool coldItem)
    {
        _byActivity[ActivityBins.IndexOf(activity)].Add(error, activity == 0, coldItem);
        _errors.Add(error);
    }

    public void Merge(EvaluationSums other)
    {
        for (int bin = 0; bin < _users.Length; bin++)
        {
            _byActivity[bin].Merge(other._byActivity[bin]);
            _users[bin] += other._users[bin];
        }

        _errors.Merge(other._errors);
    }

    public EvaluationResult ToResult()
    {
        var all = new RatingMetrics();
        foreach (RatingMetrics bin in _byActivity)
        {
            all.Merge(bin);
        }

        ActivityBin[] bins =
        [
            .. Enumerable.Range(0, _users.Length)
                .Where(bin => _byActivity[bin].Count > 0)
                .Select(bin => ActivityBins.Describe(bin, _users[bin], _byActivity[bin])),
        ];
        return new EvaluationResult(all.Rmse, all.Mae, all.Count, all.ColdUsers, all.ColdItems, _errors.ToBars(), bins);
    }
}
