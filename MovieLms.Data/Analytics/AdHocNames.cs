using System.Collections.Frozen;

namespace MovieLms.Data.Analytics;

/// <summary>
/// The stages and operators that an ad-hoc pipeline may use, in the groups of the MongoDB manual. All of them only read and compute.
/// </summary>
internal static class AdHocNames
{
    internal static readonly FrozenSet<string> Stages = Split(
        "$match $group $sort $limit $skip $project $addFields $set $unset $count $unwind $lookup $facet $bucket $bucketAuto "
            + "$sortByCount $replaceRoot $replaceWith $sample $unionWith $setWindowFields"
    );

    internal static readonly FrozenSet<string> Operators = Split(
        // Query
        "$eq $ne $gt $gte $lt $lte $in $nin $and $or $nor $not $exists $type $expr $regex $options $mod $all $elemMatch $size "
            // Accumulators and windows
            + "$sum $avg $min $max $first $last $push $addToSet $count $stdDevPop $stdDevSamp $mergeObjects $top $topN $bottom $bottomN "
            + "$firstN $lastN $minN $maxN $rank $denseRank $documentNumber $shift $expMovingAvg $derivative $integral $covariancePop $covarianceSamp "
            // Arithmetic and comparison
            + "$abs $add $ceil $divide $exp $floor $ln $log $log10 $multiply $pow $round $sqrt $subtract $trunc $cmp "
            // Conditions and variables
            + "$cond $ifNull $switch $let $literal "
            // Arrays, sets, objects
            + "$arrayElemAt $arrayToObject $concatArrays $filter $indexOfArray $isArray $map $objectToArray $range $reduce $reverseArray "
            + "$slice $sortArray $zip $allElementsTrue $anyElementTrue $setDifference $setEquals $setIntersection $setIsSubset $setUnion "
            + "$getField $setField $unsetField "
            // Dates
            + "$dateAdd $dateDiff $dateFromParts $dateFromString $dateSubtract $dateToParts $dateToString $dateTrunc $dayOfMonth $dayOfWeek "
            + "$dayOfYear $hour $isoDayOfWeek $isoWeek $isoWeekYear $millisecond $minute $month $second $week $year "
            // Text
            + "$concat $indexOfBytes $indexOfCP $ltrim $regexFind $regexFindAll $regexMatch $replaceAll $replaceOne $rtrim $split $strLenBytes "
            + "$strLenCP $strcasecmp $substr $substrBytes $substrCP $toLower $toUpper $trim "
            // Types
            + "$convert $isNumber $toBool $toDate $toDecimal $toDouble $toInt $toLong $toObjectId $toString"
    );

    private static FrozenSet<string> Split(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
