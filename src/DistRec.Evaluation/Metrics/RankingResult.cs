namespace DistRec.Evaluation.Metrics;

/// <summary>
/// How well a model ranks the items that users took to after training. Candidates are all items that the user has no training
/// interaction with, none sampled; equal scores are ordered by item index; every test interaction counts as relevant alike. Figures
/// are means over users who have both training interactions and test items that are not among these; null where there is no such user.
/// </summary>
/// <param name="CutOff">K, the length of the lists.</param>
/// <param name="Users">Users counted.</param>
/// <param name="UsersLeftOut">Users with test interactions who have none in training, or no test item that they had not seen there.</param>
/// <param name="Recall">Share of a user's test items among the first K, out of at most K.</param>
/// <param name="Ndcg">Σ 1/log₂(1 + position) over test items among the first K, over that of the best list.</param>
/// <param name="HitRate">Share of users with at least one test item among the first K.</param>
/// <param name="MeanPercentileRank">Mean place of a test item in the whole list, 0 first and 1 last ([HKV08], equation 8, unweighted); 0.5 is chance.</param>
public sealed record RankingResult(int CutOff, int Users, int UsersLeftOut, double? Recall, double? Ndcg, double? HitRate, double? MeanPercentileRank);
