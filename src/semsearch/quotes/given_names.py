"""Common given names by the gender that English news nearly always gives them.

Only names that are safe for one gender: "Jordan" or "Taylor" are in neither list.
"""

from __future__ import annotations

from semsearch.words import word_set

__all__ = ["FEMALE", "MALE"]

MALE = word_set(
    """
aaron abdel abdul abdullah abraham adam adolf adrian ahmad ahmed akira alan albert alberto
alejandro aleksandr aleksei alessandro alex alexander alexandre alexei alfred alfredo ali alistair
allan allen alok alonzo alvaro alvin amir amos anatoly anders andre andreas andrei andres andrew
andriy andrzej andy angelo angus ansel anthony antoine anton antonin antonio antony antti archie
arnold art arthur arturo ashton asif ashraf augusto austin axel barack barnaby barry bart
bartholomew bashar basil ben benedict benjamin benny bernard bernardo bernie bert bill billy bob
bobby boris brad bradley brandon brendan brent bret brett brian bruce bruno bryan bryce burak
byron caleb calvin carl carlos carlton cedric cesar chad charles charlie chester chet chokwe chris
christian christoph christophe christopher chuck clarence clark claude claudio clay clayton cliff
clifford clint clive clyde cody colin connor conor corey cory craig curtis cyril cyrus dale damian
damien damon dan daniel daniele danny dante darrell darren darryl daryl dave david davide dean
declan demetre denis dennis denny derek derrick desmond devin dexter diego dick dieter dimitri
dinesh dirk dmitri dmitry dmytro dominic dominik don donald donnie doug douglas duncan dustin
dwayne dwight dylan earl ed eddie edgar edmund eduardo edward edwin elias elijah elliot elliott
elon elton emanuel emile emilio emmanuel enrico enrique eric erik ernest ernesto ernst erwin
esteban ethan eugene evan fabian fabio farouk federico felipe felix ferdinand fernando filip floyd
francesco francisco franck francois françois frank franklin franz fred freddie freddy frederick
fritz fumio gabriel garrett gary gavin gene geoff geoffrey george georges georgi gerald gerard
gerhard gerry gianluca gilbert giorgio giovanni giuseppe glen glenn gonzalo gordon graeme graham
grant greg gregg gregor gregory grigory guillaume guillermo gus gustavo guy hamid hamza hank hans
harold harrison harry harvey hassan heath hector heinrich henri henrik henry herbert herman
hiroshi horst howard hubert hugh hugo humza hussein ian ibrahim ignacio igor ilya imran irving
isaac isaiah ismail ivan jack jackson jacob jacques jair jake jamal james jared jarrod jason
jasper javier jay jean-claude jean-luc jeff jeffery jeffrey jens jeremiah jeremy jermaine jerome
jerry jesus jim jimmy jin joao joaquin jock joe joel joerg johan johann johannes john johnny jon
jonah jonas jonathan jorge jose josef joseph josh joshua josé juan juergen julian julio julius
junichiro jurgen justin jörg karl karlheinz keir keith ken kenneth kent kevin khalid kieran kirk
klaus kofi konstantin kostas kurt kwame kwasi kyle lamar lance larry lars laurence laurent
lawrence lebron lee leo leon leonard leonardo leonid leopold leroy leslie lester levi lewis liam
lindsey lionel lloyd logan lorenzo lou louis luc luca lucas luigi luis luiz lukas luke luther
maksim malcolm manfred manuel marc marcel marcelo marco marcos marcus marek mario mark marko
marlon marshall martin martyn marty marvin masashi massimo mateo mateusz mathieu matt matteo
matthew matthias maurice mauricio mauro max maxim maximilian maxime mehmet mel melvin michael
michel mick miguel mike mikel mikhail mikheil milan miles milton mitch mitchell mo mohamed
mohammad mohammed mohamud morris moses muhammad mustafa mykhailo narendra nathan nathaniel neal
ned neil nelson nick nicholas nicolas nicolás nigel nikita niklas nikola nikolai nikolay nils noah
noor norman oleg oleksandr oleksii oleksiy olaf oliver olivier omar orlando oscar osama osman otis
otto owen pablo paddy paolo pascal pat patrick paul paulo pavel pavlo pedro percy perry pete peter
petr petro phil philip philippe phillip piero pierre pierre-emmanuel piers piotr prakash quentin
rafael raheem rahul raj rajesh ralph ramesh ramon ramzan ramzi randall randy raphael rashid raul
ravi ray raymond recep reggie reginald reinhard rene rex rhys ricardo riccardo richard rick ricky
rishi rob robbie robert roberto rod roderick rodney rodrigo roger roland rolf roman romano ron
ronald ronnie rory ross roy ruben rudolf rudolph rudy rupert russ russell ryan sajid salman
salvador salvatore sam samir samuel sandeep sandy sanjay saul scott sean sebastian serge sergei
sergey sergio seth shane shaun shawn shinzo sidney silvio simon solomon spencer stan stanley
stefan stefano stephan stephane stephen steve steven stewart stuart sven sylvester tariq ted
terence terrence terry thabo theo theodore thierry thomas tiger tim timothy titus tobias todd tom
tomas tomasz tommy tony travis trevor tristan troy tucker tyler tyrone ulrich ulysses umberto
valdis valentin valeriy valery vance vernon vic victor viktor vince vincent vincenzo vitali
vitaliy vitaly vivek vlad vladimir volker volodymyr wade wallace walter warren wayne wendell
werner wesley wilbur wilhelm will willem william willie willy winston wolfgang woody xavier xi
yair yasser yevgeny yosef yuri yury yusuf zac zach zachary zack zane zhang zoran ólafur armando
benoit brock bryn chandler chen davey dion eamon eoin fabrizio gareth gerardo glyn gethin hamish
iain idris ivo jan-erik jiri joachim jochen josep jurriën kamal karim kazuo kylian mahmoud
marouane mesut michal mohan naftali nasser neymar niall nuno olof ondrej pep petteri pierluigi
pranav quincy raymundo ruud rui sadiq santiago sergi shahid shaquille shigeru sundar sunil takeshi
tarek tedros thiago tito toshiro unai vidar vikram virgil wilfried yannick yoshihide youssef
yousef zlatan zinedine
"""
)

FEMALE = word_set(
    """
abigail ada adela adele adriana agnes agnieszka aimee aisha alana alejandra aleksandra alessandra
alexandra alexandria alexia alexis alice alicia alina alison allison allyson alyssa amal amanda
amber amelia amelie amina amy ana anastasia andrea angela angelica angelina anika anita ann anna
annabel annalena annalisa anne anne-marie annegret annemarie annette annie antonia april arianna
ariana arlene asha ashleigh ashley astrid audrey aung autumn ava ayanna ayesha barbara beatrice
beatrix beatriz becky belinda bella bernadette bernice bertha beth bethany betsy betty beverly
beyoncé beyonce bianca blanca bonnie brandi brenda briana brianna bridget brigitte britney
brittany brooke caitlin caitlyn camila camilla camille candace cara carla carly carmen carol
carole carolina caroline carolyn carrie cassandra cassie catalina catherine cathy cecilia celeste
celia celine chantal charlene charlotte chelsea cherie cheryl chiara chloe christiane christina
christine chrystia ciara cindy claire clara clarissa claudia clementine colleen condoleezza connie
constance cora coretta corinne cristina cynthia daisy dana daniela danielle daphne dara darlene
dawn debbie deborah debra deirdre delia delphine denise diana diane dianne dina dolores dominique
donna dora doris dorothy ebony edith edna eileen elaine eleanor elena elisa elisabeth elise eliza
elizabeth ella ellen elsa elsie emilia emily emma erica erika erin esther ethel eunice eva
evangeline eve evelyn faith fatima felicia fiona florence frances francesca françoise frida
gabriela gabriella gabrielle gail gemma genevieve georgia georgina geraldine gertrude gillian gina
giorgia giulia giselle gisele gladys glenda gloria grace greta gretchen gwen gwendolyn hannah
harriet hazel heather hedi heidi heike helen helena helene hilary hilda hillary holly hope ida
idina ilhan imogen inés ines ingrid irene irina iris irma isabel isabella isabelle ivana ivanka
ivy jacinda jackie jaclyn jacqueline jana jane janelle janet janice janine jasmine jeanette jeanne
jelena jen jenna jennie jennifer jenny jessica jill jo joan joann joanna joanne jodi jodie
josephine joy joyce juanita judith judy julia juliana julie juliet juliette june justine kaitlyn
kamala kara karen karin karine karla katarina kate katerina katharine katherine kathleen kathryn
kathy katie katrina katy kayla kayleigh keira kellie kelly-anne kendra kerry kerstin ketanji
kiersten kim kimberly kirsten kirstie kirstjen kristen kristi kristin kristina kristine kristy
krystal ksenia kyrsten lana lara larissa latoya laura lauren laurie layla lea leah leila lena
leona lesley leticia letitia lidia lila liliana lillian lily linda lindsay lisa lise liudmila
livia liz liza lizzie lois lola lora loretta lori lorna lorraine louisa louise lucia lucille
lucinda lucy ludmila luisa luz lydia lyn lynda lynn lynne mabel madeleine madeline madison mae
maggie maia maja malala mandy marcella marcia margaret margarita margot maria mariah mariam
mariana marianne marie marilyn marina marine marion marisa marissa marjorie marlene marsha marta
martha martina mary maryam matilda maureen maxine maya megan meghan melanie melania melinda
melissa mercedes meredith mette mia michaela michele michelle mila mildred millie mindy miranda
miriam misty moira molly mona monica monika monique muriel myra nadia nadine nancy naomi natalia
natalie natalya natasha nellie nicola nicole nikki nina noelle nora norma octavia odette olena
olga olive olivia oksana oprah paige pamela patience patricia patti patty paula paulina pauline
pearl peggy penelope penny petra philippa phoebe phyllis pippa polina polly portia priscilla priti
priya rachael rachel ramona raquel rebecca regina renata renee rhonda rihanna rita roberta
rochelle rosa rosalind rosalyn rosanna rose roseanne rosemary rosie rowena roxanne ruby ruth
sabine sabrina sacheen sadie sally samantha samira sandra sania sanna sara sarah saskia savannah
selena selma serena shakira shannon sharon sheila shelby shelley shelly sheri sherry sheryl
shirley silvia simona simone sofia sonia sonja sonya sophia sophie stacey stacy stella stefanie
stefania stephanie sue suella susan susana susanna susanne susie suzanne svetlana svitlana sylvia
sylvie tabitha tamara tami tammy tanya tara tatiana taraji teresa teri tess tessa thandiwe thelma
theresa therese tiffany tina toni tonya tracey tracy tricia trisha tulsi ursula valentina valerie
vanessa vera veronica vicki vickie victoria viola violet virginia vivian viviane vivienne wanda
wendy whitney whoopi wilma winifred winnie xiomara yana yasmin yolanda yulia yuliya yvette yvonne
zahra zainab zara zeinab zelda zoe zoya zuzana ai-jen ailsa aisling alisha amna anushka arundhati
asma bronwyn cate catriona dagmar deb deena elin elvira fawzia fleur freya gita ghislaine haley
halle hayley henrietta ingeborg isla jeannette jemima jocelyn kaja kari keisha kirsty lakshmi
leanne liesl lina liv lyudmila magdalena mairead malia marcy mariya maud mayim mhairi minna
mirabelle nanaia nazanin niamh nicki nirmala orla padma pernille phumzile rena roisin rosalía
sanjana saoirse shabana shamima shereen sinead siobhan soledad sushma tanja tove trudy tziporah
vaira venus xochitl yael yoko yuko yuriko zadie
"""
)
