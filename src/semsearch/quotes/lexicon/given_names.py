"""Common given names by the gender that English news nearly always gives them.

Only names that are safe for one gender: "Jordan" or "Taylor" are in neither list.
"""

from __future__ import annotations

from semsearch.text.words import word_set

__all__ = ["FEMALE", "MALE"]

MALE = word_set(
    """
aaron abdel abdul abdullah abolfazl abraham adam adlai adnan adolf adrian ahmad ahmed ajith akio
akira alain alan albert alberto alden alec aled alejandro aleksandar aleksandr aleksei alessandro
alex alexander alexandre alexei alfonso alfred alfredo ali alistair allan allen alok alonso alonzo
alun alvaro alvin amari ambrose amir amjad amos anatoly anders andre andreas andrei andres andrew
andrii andriy andrzej andy angelo angus anish ansel anson anthony antoine anton antonin antonio
antony antti antónio anwar archie arjun arman armando arnaud arne arnold art artem arthur arturo
asher ashraf ashton asif atul augusto augustus austin auston avi axel azhar aziz balaji barack
barnaby barra barry bart bartholomew bashar basil basilio bassem ben benedict benjamin benny
benoit bernard bernardo bernie bert bertrand bill billy bjorn bjørn bob bobby bogdan boris borys
boyd brad braden bradley brady brandon branson brayan brayden brendan brendon brent bret brett
brian brock bruce bruno bryan bryce bryn burak byron cade caleb calvin camilo carl carlo carlos
carlton carmine cassius cedric cesar cesare chad chaim chandler charles charlie chen chester chet
chidi chinedu chokwe chris christian christoph christophe christopher chuck cillian clancy
clarence clark claude claudio clay clayton clement cliff clifford clint clive clyde cody colby
colin colm connor conor constantin constantino corey cormac cornelius cory craig cristiano curt
curtis cyril cyrus dafydd daisuke dak dale daleep damian damien damon dan daniel daniele danny
dante darius darnell darragh darrell darren darrin darryl daryl dashiell dave davey david davide
davin dean declan deepak deion dejan delbert delroy demetre demetrius denis dennis denny denys
denzel derek dermot derrick deshaun desmond devin devonta dewey dexter dick diego dieter dietrich
dilip dimitri dinesh dino dion dirk dmitri dmitry dmytro dominic dominick dominik don donal donald
donnie donovan dontae doug douglas draymond duncan dustin dwayne dwight dwyane dylan eamon earl
earvin ed eddie eddy edgar edmund eduardo edward edwin efrain eladio elias elijah eliot elliot
elliott elmer elon elton emanuel emeka emil emile emilio emmanuel emmet emmett emre enrico enrique
enver enzo eoin ephraim eric erick erik erling ernest ernesto ernie ernst errol erwin esteban
estevan ethan eugene evan everett ezequiel ezra fabian fabio fabricio fabrizio faisal fareed
farouk farzad federico felipe felix ferdinand fergus fernando fidel filip finn flavio floyd
forrest francesco francisco franck francois frank franklin franz françois fred freddie freddy
frederick fredrick fritz fumio gabriel gael gareth garrett garth gary gaston gavin geert genaro
gene gennady geoff geoffrey george georges georgi geraint gerald geraldo gerard gerardo gerhard
germán gerry gethin gheorghe gianfranco gianluca giannis gilbert gilberto giles gino giorgio
giovanni giuliano giuseppe glen glenn glyn godfrey gonzalo goran gordon graeme graham grant greg
gregg gregor gregory grigory guillaume guillermo gunnar gunther gus gustavo guy hakeem hal hamid
hamish hamza hank hans harish harlan harold harrison harry haruki haruto harvey hassan heath
hector heinrich heinz helmut hendrik henri henrik henrique henry herbert herman herschel hideki
hilario hiram hiroshi hiroto holger horace horst hosni howard hubert hugh hugo humza hussein huw
iain ian ibrahim ibrahima ichiro idris ignacio ignazio igor ike ilan ilya imad immanuel imran imre
ioan ion irvin irving irwin isaac isaiah isidro ismael ismail ivan ivica ivo jaap jabari jacinto
jack jackson jacob jacques jaden jagmeet jair jake jakob jalen jamaal jamal jameis james jan-erik
janusz jared jaroslaw jarred jarrett jarrod jason jasper javier javon jay jayden jayson jean-
claude jean-luc jeb jed jedediah jeff jeffery jeffrey jens jeremiah jeremy jermaine jerome jerry
jesus jim jimmy jin jiri joachim joakim joao joaquin jochen jock joe joel joerg johan johann
johannes john johnathan johnny jokic jon jonah jonas jonathan jonny jordi jorge jose josef josep
joseph josh joshua josiah josip josé jovan juan judd juergen julian julio julius junichiro jupp
jurgen jurriën justin jörg kaleb kamal kanye kareem karim karl karlheinz karsten kazuo keir keith
ken kenan kendrick kenji kenneth kenny kent kenta kevin khaled khalid khalil kieran kieron kirk
klaus klay kobe kofi konstantin kostas kristoffer kunal kurt kurtis kwame kwasi kyle kylian kyrie
lachlan lamar lamarcus lance landon larry lars laszlo laurence laurent lawrence leandro lebron
lech lee leif leighton leo leon leonard leonardo leonid leopold leopoldo leroy leslie lester
leszek levi lewis liam lindsey lionel lloyd logan lonnie lorenzo lou louis luc luca lucas lucian
luciano lucien ludwig luigi luis luiz luka lukas luke luther lyndon mads mahmood mahmoud maksim
malcolm malik manfred manish manoj manuel marat marc marcel marcelo marco marcos marcus marek
mario mark marko marlon marouane marshall martin marty martyn marvin masahiro masao masashi
massimo mateo mateusz mathieu matt matteo matthew matthias maurice mauricio maurizio mauro max
maxim maxime maximilian mehdi mehmet mel melvin mesut michael michal michel mick mickey miguel
mikael mike mikel mikhail mikheil milan miles milo milton minh mircea miroslav mitch mitchel
mitchell mitt mo mohamed mohammad mohammed mohamud mohan mohsin monte mordechai moritz morris
moses moshe muammar muhammad mukesh murray mustafa mustapha mykhailo naftali najib naoto narendra
nasser nate nathan nathaniel naveed naveen nayib nazem neal ned neil nelson nestor neville neymar
niall nicholas nick nico nicolae nicolas nicolás nigel nikita niklas nikola nikolai nikolaj
nikolas nikolay nils noah nobusuke nolan noor norbert norman novak nuno octavio odell olaf oleg
oleksandr oleksii oleksiy oliver olivier olof omar ondrej orhan orlando orson osama oscar osman
osvaldo otis otto ousmane owen ozzie ozzy pablo paddy padraig paolo parag pascal pat patricio
patrick patrik paul paulo pavel pavlo pawel pedro pep percy perry pete peter petr petro petteri
phil philip philipp philippe phillip phineas pierluigi piero pierre pierre-emmanuel piers pieter
piotr prakash pranav prashant preston quentin quincy quinton rafa rafael rafiq raheem rahm rahul
raj rajesh rajiv rakesh ralph ramesh rami ramon ramzan ramzi randal randall randy ranil raphael
rashad rashid raul ravi ray raymond raymundo recep reggie reginald reinhard reinhold renato rene
reuben rex rhys ricardo riccardo richard rick ricky rishi ritchie rizwan rob robbie robert roberto
rocco rod roderick rodney rodolfo rodrigo roger rohan rohit roland rolf romain roman romano romeo
romulo ron ronald ronan ronnie ronny rory roscoe ross roy royce ruben rudi rudolf rudolph rudy
rufus rui rupert russ russell rustam rusty ruud ryan sachin sadio sadiq sajid salman salvador
salvatore sam samir samuel sandeep sandy sanjay sanjeev santiago satoshi satya saul scot scott
seamus sean sebastian serge sergei sergey sergi sergii sergio serhiy seth shahid shane shaquille
shaun shawn sherrod shigeru shinzo shohei siddharth sidney sigmund silvio simeon simon slobodan
solomon sonny spencer stan stanislav stanley stavros stefan stefano stefanos stephan stephane
stephen steve steven stewart stuart stéphane sundar sunil suresh sven syed sylvester tad tadeusz
taika takeshi tarek tarik tariq tatsuya tayyip ted tedros terence terrance terrence terry tetsuya
thabo thaddeus theo theodore thiago thierry thomas thorsten tiago tiger tim timo timothy tito
titus tobias todd tom tomas tomasz tommy tomohiko tony toshiro travis trent trevon trevor trey
tristan troy tua tucker tyler tyreek tyrell tyrone tyson uday ulrich ulysses umberto unai uwe
vadim valdis valentin valeriy valery vance vernon vic victor vidar vijay vikram viktor vince
vincent vincenzo vinny vinod virgil vitali vitaliy vitaly vivek vlad vladimir vojislav volker
volodymyr vyacheslav wade waleed wallace walter warren wayne wendell werner wes wesley wilbur
wilfred wilfried wilhelm will willem william willie willy winston wladimir wolfgang woody xavier
xi yair yannick yasser yehuda yevgeny yitzhak yosef yoshihide yousef youssef yu-jin yuri yuriy
yury yusef yusuf zac zach zachary zachery zack zane zeke zhang zinedine zion zlatan zoran ólafur
"""
)
FEMALE = word_set(
    """
abby abigail ada adaeze adela adele adriana adrienne agatha agnes agnieszka ai-jen aileen ailsa
aimee aisha aisling alana alejandra aleksandra alessandra alexa alexandra alexandria alexia alexis
alice alicia alina alisha alison allison allyson alma almira alyssa amal amalia amanda amber
amelia amelie amina aminata amna amy ana anastasia andrea angela angelica angelina angie anika
anita anja ann anna annabel annalena annalisa anne anne-marie annegret annemarie annette annie
antoinette antonia anushka aoife april archana aretha ariana arianna arlene arundhati asha
ashleigh ashley asma astrid audrey aung autumn ava ayanna ayesha ayse barbara beatrice beatrix
beatriz becky belinda bella bernadette bernice bertha beth bethany betsy bette bettina betty
beverly beyonce beyoncé bianca blanca bonnie brandi brenda breonna briana brianna bridget brigitte
britney brittany brittney bronwyn brooke caitlin caitlyn camila camilla camille candace candice
cara carla carleigh carlene carly carmen carol carole carolina caroline carolyn carrie carys
cassandra cassie catalina cate catherine cathy catriona cecile cecilia celeste celia celine
chantal charlene charlotte chelsea cheri cherie cheryl chiara chimamanda chloe chrissy christa
christiane christie christina christine chrystia ciara cindy claire clara clarice clarissa claudia
clementine colleen condoleezza connie constance consuelo cora coretta corinne cornelia cristen
cristina cynthia dagmar daisy dana daniela danielle daphne dara darla darlene dawn deanna deanne
deb debbie deborah debra deena deepika deirdre delia delilah delphine denise diana diane dianne
dina dionne dolores dominique donna dora doreen dorinda doris dorothy ebony edith edna eileen
elaine eleanor elena elin elina elisa elisabeth elise elissa eliza elizabeth ella ellen ellie
eloise elsa elsie elvira emilia emily emine emma erica erika erin ernestine estelle esther ethel
etta eugenia eunice eva evangeline eve evelia evelyn faith farah farrah fatima fatma fatou fawzia
felicia fiona fleur florence folasade frances francesca françoise freya frida funmilayo gabriela
gabriella gabrielle gail garbine gemma genevieve georgia georgina geraldine gertrude ghislaine
gillian gina ginni giorgia giovanna gisele giselle gita giulia gladys glenda gloria grace grainne
greta gretchen guadalupe gwen gwendolyn gwyneth hailey haley halle hana hannah harriet hayley
hazel heather hedda hedi heidi heike helen helena helene henrietta hilary hilda hillary holly hope
ibtihaj ida idina iga ilana ilhan imelda imogen indira ines ingeborg ingrid inés irene irina iris
irma isabel isabella isabelle isla ivana ivanka ivy jacinda jacintha jackie jaclyn jacqueline
jameela jamila jana jane janelle janet janice janine jasmine jeanette jeanne jeannette jelena
jemima jen jenna jennie jennifer jenny jessica jill jo joan joann joanna joanne jocelyn jodi jodie
johanna josefina josephine joy joyce juana juanita judith judy julia juliana julianne julie juliet
juliette june justine kaitlin kaitlyn kaja kajol kamala kara kareena karen kari karin karina
karine karla karolina karyn kassie katarina kate katelyn katerina katharine katherine kathleen
kathryn kathy katie katrina katy kay kayla kayleigh keira keisha kelli kellie kelly-anne kellye
kelsey kendra kerry kerstin ketanji kiersten kim kimberly kirsten kirstie kirstjen kirsty krista
kristen kristi kristie kristin kristina kristine kristy krystal ksenia kyrsten laila lakshmi lana
lara larissa latanya latoya latrelle laura laurel lauren laurie layla lea leah leana leanne leila
lena leona leora lesley leticia letitia leyla lidia liesl lila liliana lillian lily lina linda
lindsay linette lisa lise liudmila liv livia liz liza lizzie lois lola lora lorena loretta lori
lorna lorraine louisa louise lucia lucille lucinda lucy ludmila luisa lupita luz lydia lyn lynda
lynette lynn lynne lyudmila mabel madeleine madeline madison mae magdalena maggie mahsa maia
mairead maja malala malia mallory mandy marcela marcella marcia marcy margaret margarita margo
margot maria mariah mariam mariana marianne marie marietta marilyn marina marine marion marisa
marisol marissa maritza mariya marjorie marlene marsha marta martha martina mary maryam matilda
maud maureen maxine maya mayim meera megan meghan melania melanie melinda melissa mercedes
meredith mette mhairi mia michaela michele michelle mikaela mikayla mila mildred millie milly mimi
mindy minna mira mirabelle miranda miriam misty moira mollie molly mona monica monika monique
muriel myra nadia nadine naledi nanaia nancy naomi natalia natalie natalya natasha nazanin nellie
ngozi niamh nicki nicola nicole nicolette nikki nina nirmala noelle nomvula nora noreen norma
octavia odette oksana olena olga olive olivia ophelia oprah orla padma paige pamela paola patience
patricia patsy patti patty paula paulette paulina pauline pearl peggy penelope penny pernille
petra philippa phoebe phumzile phyllis pippa polina polly portia preya priscilla priti priya
rachael rachel raissa ramona rania raquel reba rebecca regina rena renata renee retno rhiannon
rhonda rihanna rita roberta robyn rochelle roisin rolanda romina ronna rosa rosalind rosalyn
rosalía rosanna rose roseanne rosemary rosie rowena roxanne roxie ruby ruth ruthanne sabine
sabrina sacheen sadie sahar sally salma samantha samira sandra sania sanjana sanna saoirse sara
sarah sarai saskia savannah selena selma serena shabana shakira shamima shania shannon shantel
shari sharon sharyl sheila shelby shelley shelly shereen sheri sherri sherrilyn sherry sheryl
shirin shirley sian sienna sigrid silvia simona simone sinead siobhan sloane smriti sofia soledad
sonia sonja sonya sophia sophie stacey stacy stefania stefanie stella stephanie sue suella susan
susana susanna susanne sushma susie suzanne svetlana svitlana sybil sylvia sylvie tabitha talia
tamara tami tamika tammy tania tanja tanya tara taraji tatiana tawakkol teena teresa teri terri
tess tessa thandiwe thelma theresa therese tiffany tina tisha toni tonya tove tracey tracie tracy
tricia trina trish trisha trudy tulsi tziporah una ursula vaira valentina valeria valerie vanessa
velma venus vera verna veronica veronika vicki vickie vicky victoria viola violet virginia vivian
viviane vivienne wanda wendy whitney whoopi wilhelmina wilma winifred winnie winona xiomara
xochitl yael yana yasmin yasmine yoko yolanda yuko yulia yuliya yuriko yvette yvonne zadie zahra
zainab zandile zara zeinab zelda zinaida zoe zoya zuzana
"""
)
